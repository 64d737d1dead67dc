#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt

import os

os.mkdir("out.txt")
