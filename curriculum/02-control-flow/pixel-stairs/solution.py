height = int(input())
for number in range(1, height + 1):
    print("#" * number)
