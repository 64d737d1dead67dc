# caught-by: starting at three
# misconception: A while loop is thought to change its variable by itself, so it never ends.
number = int(input())
while number > 0:
    print(number)
print("Lift-off!")
