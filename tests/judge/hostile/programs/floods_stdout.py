#: verdict: output_limit

while True:
    print("x" * 79)
