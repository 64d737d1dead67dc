# caught-by: the speed has the type float
# misconception: A decimal comma is used, which makes a pair of two whole numbers.
nickname = "Comet"
level = 7
speed = 3, 5
online = True
