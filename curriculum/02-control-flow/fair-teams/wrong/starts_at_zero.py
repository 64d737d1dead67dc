# caught-by: a group that is hard to divide
# misconception: range(n) is thought to start at 1, but it starts at 0, and nothing can be divided by 0.
def team_sizes(children):
    sizes = []
    for size in range(children + 1):
        if children % size == 0:
            sizes.append(size)
    return sizes
