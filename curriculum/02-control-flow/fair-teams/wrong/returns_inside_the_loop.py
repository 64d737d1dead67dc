# caught-by: twelve children
# misconception: The return stands inside the loop, so the function ends after the first round.
def team_sizes(children):
    sizes = []
    for size in range(1, children + 1):
        if children % size == 0:
            sizes.append(size)
        return sizes
