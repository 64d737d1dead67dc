#: verdict: output_limit

with open("sparse", "wb") as file:
    file.truncate(1 << 40)
