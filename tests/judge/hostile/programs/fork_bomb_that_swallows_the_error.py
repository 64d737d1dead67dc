#: verdict: time_limit

import os

while True:
    try:
        os.fork()
    except BaseException:
        pass
