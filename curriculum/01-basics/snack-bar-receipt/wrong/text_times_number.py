# caught-by: three samosas
# misconception: Text that looks like a number is multiplied, which repeats the text instead of calculating.
item = input()
quantity = int(input())
price = input()
print(f"{quantity} x {item}")
print(f"Price each: {price}")
print(f"Total: {quantity * price}")
