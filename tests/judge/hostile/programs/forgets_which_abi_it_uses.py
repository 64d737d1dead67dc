#: verdict: forbidden
#: why: the same call by the numbers of x32, which a filter of numbers alone would not see

import ctypes

print(ctypes.CDLL(None).syscall(0x40000000 + 39))
