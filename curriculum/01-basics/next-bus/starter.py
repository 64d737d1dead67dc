def wait(now, every):
    return now % every
