#: verdict: time_limit
#: limits: wall_seconds=1

import time

time.sleep(60)
