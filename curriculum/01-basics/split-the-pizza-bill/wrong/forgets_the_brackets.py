# caught-by: four friends and a tip of ten percent
# misconception: Python is thought to calculate from left to right, but it divides before it adds.
def share(bill, tip_percent, people):
    tip = bill * tip_percent / 100
    return bill + tip / people
