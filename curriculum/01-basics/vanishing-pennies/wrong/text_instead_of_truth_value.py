# caught-by: one cent apart
# misconception: The text "False" is thought to be the same as the truth value False.
def same_amount(a, b):
    return str(abs(a - b) < 0.005)
