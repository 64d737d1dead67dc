# caught-by: a cheap sweet
# misconception: int() is used for a text with a decimal point, which is an error and does not round.
item = input()
quantity = int(input())
price = int(input())
print(f"{quantity} x {item}")
print(f"Price each: {price:.2f}")
print(f"Total: {quantity * price:.2f}")
