# caught-by: right on time
# misconception: The case in which the division leaves no remainder is forgotten, so the answer is a whole interval too long.
def wait(now, every):
    return every - now % every
