#: verdict: time_limit

import re

print(re.match("(a+)+$", "a" * 60 + "b"))
