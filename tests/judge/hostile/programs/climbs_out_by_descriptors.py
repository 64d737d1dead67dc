#: verdict: passed
#: expect: nothing

import os

reached = []
try:
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(10):
        os.fchdir(descriptor)
        os.chdir("..")
        above = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        descriptor = above
    reached += os.listdir(descriptor)
except OSError:
    pass
for name in ("etc", "root", "judge", "proc"):
    try:
        reached += os.listdir(f"../../{name}")
    except OSError:
        pass
print(reached or "nothing")
