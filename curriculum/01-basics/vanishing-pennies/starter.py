def same_amount(a, b):
    return a == b
