# caught-by: a sauna is no place to cool down
# misconception: Every loop is thought to end some day, but here the condition can stay true for ever.
def minutes_to_cool(cocoa, room, drinkable):
    minutes = 0
    while cocoa > drinkable:
        cocoa = cocoa - (cocoa - room) / 10
        minutes = minutes + 1
    return minutes
