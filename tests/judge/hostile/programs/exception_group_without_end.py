#: verdict: runtime_error memory_limit time_limit

group = ValueError("innermost")
for depth in range(50_000):
    group = ExceptionGroup("deeper", [group])
raise group
