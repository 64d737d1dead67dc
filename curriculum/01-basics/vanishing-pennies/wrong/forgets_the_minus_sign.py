# caught-by: the smaller amount comes first
# misconception: A difference is taken for a distance, but it is negative when the second amount is larger.
def same_amount(a, b):
    return a - b < 0.005
