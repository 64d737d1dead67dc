nickname = "Comet"
level = 7
speed = 3.5
online = True
