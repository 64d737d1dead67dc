# caught-by: one slip of the finger
# misconception: break is thought to end only this round, but it leaves the whole loop.
total = 0
while True:
    line = input()
    if line == "stop":
        break
    score = int(line)
    if score < 0:
        break
    total = total + score
print(total)
