# caught-by: numbers can sit there too
# misconception: An assignment is read from left to right, so everybody moves in the opposite direction.
def move_seats(left, middle, right):
    first = left
    left = middle
    middle = right
    right = first
    return left, middle, right
