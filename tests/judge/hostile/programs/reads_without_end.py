#: verdict: time_limit memory_limit

import sys

source = open("/dev/urandom", "rb")
while True:
    source.read(1 << 20)
