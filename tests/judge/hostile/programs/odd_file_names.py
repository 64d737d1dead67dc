#: verdict: passed
#: expect: done

import os

for name in (b"new\nline", b"\xff\xfe", b" ", b"-rf", b"\xe2\x80\xae.txt", b"x" * 255, b"nul\0"):
    try:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    except (OSError, ValueError):
        pass
deep = ""
try:
    for _ in range(500):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
print("done")
