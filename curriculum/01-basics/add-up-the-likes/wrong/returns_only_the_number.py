# caught-by: the first photo has none
# misconception: The number alone is thought to be the answer, but the task asks for a text.
def total_likes(first, second):
    return int(first) + int(second)
