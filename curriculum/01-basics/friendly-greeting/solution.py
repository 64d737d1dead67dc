name = input()
snack = input()
print("Hi, " + name + "!")
print(f"{snack} is a great snack.")
