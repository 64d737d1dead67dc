#: verdict: time_limit memory_limit

import sys

sys.set_int_max_str_digits(0)
print(int("9" * 10**7))
