def ride_check(height_cm, with_adult):
    if with_adult:
        return "ride together"
    return "not today"
