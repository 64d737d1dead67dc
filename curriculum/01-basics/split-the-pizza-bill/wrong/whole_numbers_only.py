# caught-by: no tip at all
# misconception: The operator // is taken for ordinary division, but it drops everything after the point.
def share(bill, tip_percent, people):
    tip = bill * tip_percent / 100
    return (bill + tip) // people
