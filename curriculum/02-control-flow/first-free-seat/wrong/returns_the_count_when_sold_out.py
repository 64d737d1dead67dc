# caught-by: sold out
# misconception: After the loop the counter is taken for the answer, even if no free seat was found.
def first_free_seat(row):
    number = 0
    for seat in row:
        number = number + 1
        if seat == "_":
            break
    return number
