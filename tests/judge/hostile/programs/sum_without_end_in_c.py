#: verdict: time_limit

import itertools

print(sum(itertools.count()))
