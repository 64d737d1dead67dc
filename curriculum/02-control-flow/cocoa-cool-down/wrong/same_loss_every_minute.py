# caught-by: a long wait
# misconception: The loss is worked out once before the loop, although it changes with the temperature.
def minutes_to_cool(cocoa, room, drinkable):
    if cocoa <= drinkable:
        return 0
    if room >= drinkable:
        return -1
    loss = (cocoa - room) / 10
    minutes = 0
    while cocoa > drinkable:
        cocoa = cocoa - loss
        minutes = minutes + 1
    return minutes
