# caught-by: four steps
# misconception: range(n) is thought to count from 1 to n, but it counts from 0 to n - 1.
height = int(input())
for number in range(height):
    print("#" * number)
