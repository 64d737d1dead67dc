#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt

with open("out.txt", "wb") as file:
    file.truncate(15 << 20)
