#: verdict: runtime_error memory_limit

import functools
import itertools

chain = iter([])
for _ in range(500_000):
    chain = itertools.chain(chain, [1])
print(next(chain))
