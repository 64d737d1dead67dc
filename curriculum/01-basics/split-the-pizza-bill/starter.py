def share(bill, tip_percent, people):
    tip = 0  # work out the tip here
    return tip
