#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt

with open("out.txt", "wb") as file:
    file.write(b"\xff\xfe\x00\xed\xa0\x80" * 1000)
