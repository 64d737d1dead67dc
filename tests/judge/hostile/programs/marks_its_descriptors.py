#: verdict: passed
#: expect: done
#: why: flags belong to an open file, and one that the forker opened would carry them to the next job

import fcntl
import os

for descriptor in range(64):
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_APPEND)
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, 42)
        os.lseek(descriptor, 42, os.SEEK_SET)
    except OSError:
        pass
print("done")
