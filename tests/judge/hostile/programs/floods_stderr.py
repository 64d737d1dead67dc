#: verdict: output_limit

import sys

while True:
    print("x" * 79, file=sys.stderr)
