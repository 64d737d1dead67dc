#: verdict: memory_limit

print(f"{1:>10000000000}")
