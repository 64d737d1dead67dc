def squares_cleaned(corridor, battery):
    cleaned = 0
    for square in corridor:
        cleaned = cleaned + 1
    return cleaned
