def same_amount(a, b):
    return abs(a - b) < 0.005
