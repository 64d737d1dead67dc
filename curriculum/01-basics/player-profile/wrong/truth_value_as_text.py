# caught-by: online has the type bool
# misconception: The text "True" is thought to be the same as the truth value True.
nickname = "Comet"
level = 7
speed = 3.5
online = "True"
