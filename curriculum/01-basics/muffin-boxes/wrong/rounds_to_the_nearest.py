# caught-by: some muffins are left over
# misconception: Rounding is thought to count the full boxes, but it also counts a box that is only half full.
def pack(muffins, box_size):
    full = round(muffins / box_size)
    left = muffins % box_size
    return full, left
