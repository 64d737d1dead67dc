# caught-by: exactly twenty
# misconception: "Below 20" is written as "at most 20".
def battery_message(percent):
    if percent <= 20:
        return "Charge me!"
    elif percent < 80:
        return "All good"
    else:
        return "Full power"
