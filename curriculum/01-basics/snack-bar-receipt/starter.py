item = input()
quantity = input()
price = input()
# Turn the numbers into numbers, calculate, and print the receipt.
