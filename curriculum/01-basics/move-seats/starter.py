def move_seats(left, middle, right):
    # Change left, middle and right here.

    return left, middle, right
