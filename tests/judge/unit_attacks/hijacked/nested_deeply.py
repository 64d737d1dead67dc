write(b'[' * 100000)
