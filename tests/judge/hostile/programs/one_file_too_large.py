#: verdict: output_limit
#: reduced: forbidden

with open("large.bin", "wb", buffering=0) as file:
    while True:
        file.write(b"x" * (1 << 20))
