# caught-by: a tired robot
# misconception: The battery is looked at only after cleaning, so the first square is cleaned even with an empty one.
def squares_cleaned(corridor, battery):
    cleaned = 0
    for square in corridor:
        if square == "C":
            break
        if square == "#":
            continue
        cleaned = cleaned + 1
        battery = battery - 1
        if battery <= 0:
            break
    return cleaned
