#: verdict: runtime_error
#: call: f
#: why: an internal_error would be retried and never count; no program may bring one about

import os


def f(numbers):
    os.write(2, b"OSError: mount failed")
    os._exit(125)
