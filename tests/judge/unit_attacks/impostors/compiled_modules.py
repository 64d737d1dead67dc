import os
os.makedirs('__pycache__')
open('__pycache__/math.cpython-311.pyc', 'wb').close()
def add(a, b):
    return 0
