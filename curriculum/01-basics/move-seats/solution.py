def move_seats(left, middle, right):
    last = right
    right = middle
    middle = left
    left = last
    return left, middle, right
