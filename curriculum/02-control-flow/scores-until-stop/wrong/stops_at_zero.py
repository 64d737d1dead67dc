# caught-by: a long evening
# misconception: A score of 0 is treated like the end of the input because 0 counts as false.
total = 0
while True:
    line = input()
    if line == "stop":
        break
    score = int(line)
    if not score:
        break
    if score < 0:
        continue
    total = total + score
print(total)
