#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt

import os

os.truncate(os.open("out.txt", os.O_CREAT | os.O_RDWR), 1 << 23)
