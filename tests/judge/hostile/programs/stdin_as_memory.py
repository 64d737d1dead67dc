#: verdict: forbidden
#: why: the text on stdin is a file in memory that counts for nobody

import os

os.ftruncate(0, 1 << 24)
os.pwrite(0, b"x" * (1 << 24), 0)
