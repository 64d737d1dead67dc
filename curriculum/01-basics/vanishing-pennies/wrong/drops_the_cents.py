# caught-by: two nearly equal prices
# misconception: Converting to int is thought to round a little, but it drops everything after the point.
def same_amount(a, b):
    return int(a) == int(b)
