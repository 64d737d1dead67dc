def total_likes(first, second):
    total = int(first) + int(second)
    return str(total) + " likes"
