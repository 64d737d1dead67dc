import sys
def trace(frame, event, arg):
    if 'self' in frame.f_locals: frame.f_locals['self'].x = 1
    return trace
sys.settrace(trace)
def add(a, b):
    return 0
