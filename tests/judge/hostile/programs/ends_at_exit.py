#: verdict: runtime_error
#: expect: done

import atexit
import os

atexit.register(os._exit, 0)
print("done", flush=True)
