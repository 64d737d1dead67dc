# caught-by: small visitor with an adult
# misconception: "or" is used although both conditions have to be true.
def ride_check(height_cm, with_adult):
    if height_cm >= 140:
        return "ride alone"
    elif height_cm >= 120 or with_adult:
        return "ride together"
    else:
        return "not today"
