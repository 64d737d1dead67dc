# caught-by: a bill with cents
# misconception: The percentage is added as if it were an amount of money.
def share(bill, tip_percent, people):
    return (bill + tip_percent) / people
