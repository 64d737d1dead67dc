#: verdict: time_limit
#: limits: wall_seconds=1

import threading
import time

threading.Thread(target=time.sleep, args=(60,)).start()
