# caught-by: a hot day
# misconception: The order of the questions is thought not to matter, so cocoa that is ready counts as hopeless in a warm room.
def minutes_to_cool(cocoa, room, drinkable):
    if room >= drinkable:
        return -1
    minutes = 0
    while cocoa > drinkable:
        cocoa = cocoa - (cocoa - room) / 10
        minutes = minutes + 1
    return minutes
