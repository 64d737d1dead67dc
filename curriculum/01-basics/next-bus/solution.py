def wait(now, every):
    since_last_bus = now % every
    return (every - since_last_bus) % every
