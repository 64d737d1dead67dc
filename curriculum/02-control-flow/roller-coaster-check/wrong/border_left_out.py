# caught-by: a close call at the gate
# misconception: "From 140" is written as "more than 140".
def ride_check(height_cm, with_adult):
    if height_cm > 140:
        return "ride alone"
    elif height_cm > 120 and with_adult:
        return "ride together"
    else:
        return "not today"
