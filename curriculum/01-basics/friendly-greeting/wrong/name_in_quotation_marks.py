# caught-by: Noor likes mango
# misconception: A variable's name inside plain quotation marks is thought to be replaced by its value.
name = input()
snack = input()
print("Hi, name!")
print("snack is a great snack.")
