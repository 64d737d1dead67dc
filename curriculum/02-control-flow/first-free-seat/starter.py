def first_free_seat(row):
    number = 0
    found = 0
    for seat in row:
        number = number + 1
        # What happens if this seat is free?
    return found
