# caught-by: two photos
# misconception: Python is expected to turn a number into text on its own when text is added to it.
def total_likes(first, second):
    total = int(first) + int(second)
    return total + " likes"
