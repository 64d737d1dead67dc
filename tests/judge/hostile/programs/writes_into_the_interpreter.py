#: verdict: passed
#: expect: nothing

import json
import os
import sys

written = []
for path in (json.__file__, os.__file__, sys.executable, "/judge/learnflow/judge/inside/harness.py", "/dev/urandom"):
    for way in (
        lambda: os.close(os.open(path, os.O_WRONLY)),
        lambda: os.truncate(path, 0),
        lambda: os.unlink(path),
        lambda: os.rename(path, "stolen"),
        lambda: os.chmod(path, 0o777),
        lambda: os.link(path, "linked"),
    ):
        try:
            way()
            written.append(path)
        except OSError:
            pass
print(written or "nothing")
