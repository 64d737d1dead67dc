# caught-by: just missed it
# misconception: The remainder is taken for the time to the next bus, but it is the time since the last one.
def wait(now, every):
    return now % every
