def minutes_to_cool(cocoa, room, drinkable):
    minutes = 0
    # Let the cocoa cool down, minute by minute.
    return minutes
