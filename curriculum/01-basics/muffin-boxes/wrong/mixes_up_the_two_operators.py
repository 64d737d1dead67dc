# caught-by: some muffins are left over
# misconception: The operators % and // are mixed up.
def pack(muffins, box_size):
    full = muffins % box_size
    left = muffins // box_size
    return full, left
