#: verdict: memory_limit time_limit runtime_error
#: why: what a program does after it swallowed a MemoryError is its own affair, but it must end and stay within its memory

grown = []
while True:
    try:
        while True:
            grown.append(bytearray(1 << 20))
    except MemoryError:
        pass
