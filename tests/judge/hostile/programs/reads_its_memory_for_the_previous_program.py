#: verdict: passed runtime_error
#: expect: nothing
#: why: below the interpreter, the pages of the heap themselves

import ctypes

wanted = "terces s'tneduts suoiverp eht"[::-1].encode()
anchor = id(object()) & ~0xFFF
found = 0
for page in range(anchor, anchor + 4096 * 60, 4096):
    found += wanted in ctypes.string_at(page, 4096)
print(found or "nothing")
