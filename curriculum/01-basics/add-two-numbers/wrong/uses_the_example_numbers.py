# caught-by: zero and a number
# misconception: The numbers of the example are written into the function instead of its variables.
def add(a, b):
    return 2 + 3
