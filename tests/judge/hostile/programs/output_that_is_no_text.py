#: verdict: wrong_answer

import sys

sys.stdout.buffer.write(bytes(range(256)) * 100 + b"\xed\xa0\x80\xf4\x90\x80\x80")
