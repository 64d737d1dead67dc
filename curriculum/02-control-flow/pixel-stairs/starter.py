height = int(input())
for number in range(height):
    print("#")
