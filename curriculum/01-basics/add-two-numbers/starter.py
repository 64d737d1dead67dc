def add(a, b):
    # Give back the sum of a and b. Replace the line below.
    return 0
