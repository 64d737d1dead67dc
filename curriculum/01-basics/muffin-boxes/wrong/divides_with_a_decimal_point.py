# caught-by: some muffins are left over
# misconception: The operator / is thought to give whole numbers when both sides are whole.
def pack(muffins, box_size):
    return muffins / box_size, muffins % box_size
