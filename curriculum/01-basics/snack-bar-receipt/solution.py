item = input()
quantity = int(input())
price = float(input())
total = quantity * price
print(f"{quantity} x {item}")
print(f"Price each: {price:.2f}")
print(f"Total: {total:.2f}")
