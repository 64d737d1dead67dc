os.write(62, b'\xff' * 64)
