# caught-by: two photos
# misconception: Digits in a text are thought to be added like numbers.
def total_likes(first, second):
    return first + second + " likes"
