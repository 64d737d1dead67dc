#: verdict: memory_limit

grown = []
while True:
    grown.append([0] * 1000)
