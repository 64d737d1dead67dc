number = int(input())
# Count down with a while loop.
print("Lift-off!")
