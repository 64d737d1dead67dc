#: verdict: wrong_answer
#: files: out.txt

with open("out.txt", "wb") as file:
    file.truncate(15 << 20)
