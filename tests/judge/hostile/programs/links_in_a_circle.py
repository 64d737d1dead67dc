#: verdict: passed
#: reduced: runtime_error
#: expect: done

import os

for make in (
    lambda: os.symlink("two", "one"),
    lambda: os.symlink("one", "two"),
    lambda: os.symlink(".", "self"),
    lambda: os.link("/dev/null", "hard"),
    lambda: os.link("/usr/lib/os-release", "release"),
):
    try:
        make()
    except OSError:
        pass
try:
    open("one")
except OSError:
    pass
path = "self/" * 30
print("done" if os.listdir(path) or True else "")
