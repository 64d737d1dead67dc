#: verdict: runtime_error output_limit time_limit
#: why: the report is read up to a limit like everything else

import os

while True:
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"x" * 65536)
        except OSError:
            pass
