#: verdict: runtime_error
#: why: what pipes hold counts for no address space; descriptors and the kernel's own limit bound it

import fcntl
import os

while True:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        fcntl.fcntl(writing, 1031, 1 << 20)
    except OSError:
        pass
    try:
        while True:
            os.write(writing, b"x" * 65536)
    except BlockingIOError:
        pass
