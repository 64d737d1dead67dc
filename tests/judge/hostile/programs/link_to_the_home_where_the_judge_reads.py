#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt

import os

with open("real.txt", "w") as file:
    file.write("x")
os.symlink("real.txt", "out.txt")
