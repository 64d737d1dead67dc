def total_likes(first, second):
    return first + second
