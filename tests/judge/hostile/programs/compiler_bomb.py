#: verdict: runtime_error memory_limit time_limit

compile("(" + "{}," * 10**6 + ")" * 1 + "+1" * 10**5, "x", "eval")
