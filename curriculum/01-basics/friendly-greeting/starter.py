name = input()
# Read the snack too, then print the two lines.
print(name)
