#: verdict: output_limit
#: reduced: forbidden

for number in range(10**6):
    open(f"{number}", "w").close()
