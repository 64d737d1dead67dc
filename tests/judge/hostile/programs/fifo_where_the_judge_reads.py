#: verdict: forbidden
#: files: out.txt

import os

os.mkfifo("out.txt")
