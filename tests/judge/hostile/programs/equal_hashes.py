#: verdict: time_limit
#: why: a dict whose keys all meet in one place is quadratic

keys = [number * (2**61 - 1) for number in range(60_000)]
print(len({key: 1 for key in keys}))
