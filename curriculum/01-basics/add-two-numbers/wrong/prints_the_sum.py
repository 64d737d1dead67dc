# caught-by: two small numbers
# misconception: Printing a value is taken for giving it back, so the function returns None.
def add(a, b):
    print(a + b)
