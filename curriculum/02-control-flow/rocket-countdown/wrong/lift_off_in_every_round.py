# caught-by: starting at three
# misconception: The last line is indented and so belongs to the loop, although it should run once after it.
number = int(input())
while number > 0:
    print(number)
    number = number - 1
    print("Lift-off!")
