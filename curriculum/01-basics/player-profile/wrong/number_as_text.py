# caught-by: the next level can be calculated
# misconception: A number in quotation marks is thought to be a number.
nickname = "Comet"
level = "7"
speed = 3.5
online = True
