# caught-by: Noor likes mango
# misconception: The commas in print are thought to glue text together, but they put a space in between.
name = input()
snack = input()
print("Hi,", name, "!")
print(snack, "is a great snack.")
