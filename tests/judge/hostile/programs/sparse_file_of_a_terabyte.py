#: verdict: output_limit
#: reduced: forbidden

with open("sparse", "wb") as file:
    file.truncate(1 << 40)
