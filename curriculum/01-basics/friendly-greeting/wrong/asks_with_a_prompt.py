# caught-by: Kenji likes popcorn
# misconception: The question inside input() is thought not to be part of the output.
name = input("What is your name? ")
snack = input("What is your favourite snack? ")
print(f"Hi, {name}!")
print(f"{snack} is a great snack.")
