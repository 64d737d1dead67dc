#: verdict: memory_limit

print(len(bytearray(10**10)))
