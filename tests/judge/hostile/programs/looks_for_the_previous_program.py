#: verdict: passed
#: expect: nothing
#: why: the job before held a text that this one looks for in everything it can reach

import gc
import os
import sys

wanted = "terces s'tneduts suoiverp eht"[::-1]
found = []
seen = set()
reachable = [gc.get_objects(), sys._getframe(), dict(os.environ), sys.modules]
for depth in range(6):
    reachable = [item for item in gc.get_referents(*reachable) if id(item) not in seen]
    for item in reachable:
        seen.add(id(item))
        if isinstance(item, (str, bytes)) and item is not wanted:
            text = item if isinstance(item, str) else item.decode("latin-1")
            if wanted in text:
                found.append(text[:80])
print(found or "nothing")
