def battery_message(percent):
    if percent < 20:
        return "Charge me!"
    elif percent < 80:
        return "All good"
    else:
        return "Full power"
