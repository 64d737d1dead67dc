def battery_message(percent):
    if percent < 20:
        return "Charge me!"
    # What about the other two groups?
