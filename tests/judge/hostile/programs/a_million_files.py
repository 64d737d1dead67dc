#: verdict: output_limit

for number in range(10**6):
    open(f"{number}", "w").close()
