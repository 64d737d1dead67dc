#: verdict: time_limit runtime_error wrong_answer

import sys


class Phoenix:
    def __del__(self):
        while True:
            pass


sys.excepthook = lambda *_: None
bird = Phoenix()
del bird
