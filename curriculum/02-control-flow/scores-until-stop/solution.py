total = 0
while True:
    line = input()
    if line == "stop":
        break
    score = int(line)
    if score < 0:
        continue
    total = total + score
print(total)
