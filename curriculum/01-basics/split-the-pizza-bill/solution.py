def share(bill, tip_percent, people):
    tip = bill * tip_percent / 100
    return (bill + tip) / people
