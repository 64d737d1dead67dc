#: verdict: forbidden
#: limits: wall_seconds=1

import os

os.mkfifo("pipe")
print(open("pipe").read())
