#: verdict: memory_limit

import mmap

held = []
while True:
    block = mmap.mmap(-1, 1 << 24)
    block.write(b"x" * (1 << 24))
    held.append(block)
