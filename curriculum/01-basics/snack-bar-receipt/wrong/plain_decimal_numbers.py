# caught-by: three samosas
# misconception: Python is expected to print a decimal number with two digits after the point by itself.
item = input()
quantity = int(input())
price = float(input())
print(f"{quantity} x {item}")
print(f"Price each: {price}")
print(f"Total: {quantity * price}")
