#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt
#: why: the folder in which the judge looks for the file can no longer be read

import os

with open("out.txt", "w") as file:
    file.write("hidden")
os.chmod("out.txt", 0)
os.chmod(".", 0)
