# caught-by: starting at one
# misconception: The condition lets one round too many through, so 0 is printed too.
number = int(input())
while number >= 0:
    print(number)
    number = number - 1
print("Lift-off!")
