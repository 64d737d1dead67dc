def squares_cleaned(corridor, battery):
    cleaned = 0
    for square in corridor:
        if square == "C":
            break
        if square == "#":
            continue
        if battery == 0:
            break
        cleaned = cleaned + 1
        battery = battery - 1
    return cleaned
