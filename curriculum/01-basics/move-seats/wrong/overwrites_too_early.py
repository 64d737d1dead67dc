# caught-by: three friends on a bench
# misconception: The old value of a variable is thought to be still there after it was overwritten.
def move_seats(left, middle, right):
    left = right
    middle = left
    right = middle
    return left, middle, right
