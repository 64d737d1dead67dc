#: verdict: wrong_answer
#: files: out.txt

import os

os.mkdir("out.txt")
