# caught-by: over the rug
# misconception: The battery is used up before the round is skipped, so driving over a rug costs something too.
def squares_cleaned(corridor, battery):
    cleaned = 0
    for square in corridor:
        if square == "C" or battery == 0:
            break
        battery = battery - 1
        if square == "#":
            continue
        cleaned = cleaned + 1
    return cleaned
