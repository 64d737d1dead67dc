def pack(muffins, box_size):
    full = muffins / box_size
    left = muffins
    return full, left
