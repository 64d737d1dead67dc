write(b'[1, 2]')
