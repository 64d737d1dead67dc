# caught-by: nearly empty
# misconception: An else is thought to belong to all the ifs above it, but it belongs to the last one only.
def battery_message(percent):
    if percent < 20:
        message = "Charge me!"
    if percent >= 80:
        message = "Full power"
    else:
        message = "All good"
    return message
