def team_sizes(children):
    sizes = []
    for size in range(1, children + 1):
        if children % size == 0:
            sizes.append(size)
    return sizes
