#: verdict: runtime_error
#: call: f

import os


def f(numbers):
    os.write(3, b'{"ok": false, "stage": "call", "error": [' + b"[" * 100_000)
    os._exit(0)
