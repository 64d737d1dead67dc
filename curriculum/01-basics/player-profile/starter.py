# Replace each None by the right value.
nickname = None
level = None
speed = None
online = None
