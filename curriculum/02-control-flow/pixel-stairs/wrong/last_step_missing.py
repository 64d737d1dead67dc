# caught-by: a single step
# misconception: The end of a range is thought to be part of it.
height = int(input())
for number in range(1, height):
    print("#" * number)
