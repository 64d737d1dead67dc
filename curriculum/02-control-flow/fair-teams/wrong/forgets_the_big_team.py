# caught-by: ten children
# misconception: The end of a range is thought to be part of it, so the largest size is never tried.
def team_sizes(children):
    sizes = []
    for size in range(1, children):
        if children % size == 0:
            sizes.append(size)
    return sizes
