#: verdict: output_limit
#: reduced: forbidden

number = 0
while True:
    number += 1
    with open(f"{number}.bin", "wb") as file:
        file.write(b"x" * (1 << 20))
