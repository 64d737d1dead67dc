#: verdict: runtime_error
#: why: descriptors are sent to itself and doubled over all numbers, so that no pipe ever seems to end

import fcntl
import os

for number in range(3, 64):
    for own in (1, 2, 3):
        try:
            os.dup2(own, number)
        except OSError:
            pass
for own in range(64):
    try:
        fcntl.fcntl(own, 1031, 1 << 30)
        fcntl.fcntl(own, fcntl.F_SETOWN, 1)
    except OSError:
        pass
