import os
os.read(3, 32)
def add(a, b):
    return 0
