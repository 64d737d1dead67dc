# caught-by: two free seats
# misconception: The loop is thought to stop by itself when something was found, so the last free seat wins.
def first_free_seat(row):
    number = 0
    found = 0
    for seat in row:
        number = number + 1
        if seat == "_":
            found = number
    return found
