#: verdict: time_limit memory_limit

print(len(str(7 ** (10**8))))
