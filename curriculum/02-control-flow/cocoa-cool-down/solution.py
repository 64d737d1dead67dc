def minutes_to_cool(cocoa, room, drinkable):
    if cocoa <= drinkable:
        return 0
    if room >= drinkable:
        return -1
    minutes = 0
    while cocoa > drinkable:
        cocoa = cocoa - (cocoa - room) / 10
        minutes = minutes + 1
    return minutes
