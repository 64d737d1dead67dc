# caught-by: tall visitor with an adult
# misconception: The wider condition is asked first, so the narrower one below it is never reached.
def ride_check(height_cm, with_adult):
    if height_cm >= 120 and with_adult:
        return "ride together"
    elif height_cm >= 140:
        return "ride alone"
    else:
        return "not today"
