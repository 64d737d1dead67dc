def pack(muffins, box_size):
    full = muffins // box_size
    left = muffins % box_size
    return full, left
