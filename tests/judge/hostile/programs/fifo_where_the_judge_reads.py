#: verdict: forbidden
#: reduced: internal_error
#: files: out.txt

import os

os.mkfifo("out.txt")
