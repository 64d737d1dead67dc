#: verdict: runtime_error memory_limit

eval("(" * 100_000 + ")" * 100_000)
