#: verdict: runtime_error
#: why: hooks that forge an ending are heard by nobody

import os
import sys
import threading

sys.excepthook = lambda *_: os._exit(0)
sys.unraisablehook = lambda *_: os._exit(0)
threading.excepthook = lambda *_: os._exit(0)
sys.displayhook = print
sys.breakpointhook = lambda *_: None
raise ValueError("seen")
