#: verdict: memory_limit

import zlib

bomb = zlib.compress(zlib.compress(b"0" * (1 << 24)) * 1)
print(len(zlib.decompress(zlib.decompress(bomb)) * 100))
