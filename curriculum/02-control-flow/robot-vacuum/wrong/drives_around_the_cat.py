# caught-by: a cat in the way
# misconception: continue is used where the loop should end, so the robot carries on behind the cat.
def squares_cleaned(corridor, battery):
    cleaned = 0
    for square in corridor:
        if square == "C" or square == "#":
            continue
        if battery == 0:
            break
        cleaned = cleaned + 1
        battery = battery - 1
    return cleaned
