# caught-by: one free seat in the middle
# misconception: The counter is made larger only after the seat was looked at, so the seats are counted from 0.
def first_free_seat(row):
    number = 0
    found = 0
    for seat in row:
        if seat == "_":
            found = number
            break
        number = number + 1
    return found
