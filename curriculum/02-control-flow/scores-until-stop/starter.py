total = 0
while True:
    line = input()
    break  # This comes too early. What has to happen before it, and when?
print(total)
