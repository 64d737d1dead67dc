def team_sizes(children):
    sizes = []
    # Try out the sizes and append those that work.
    return sizes
