# caught-by: a few scores
# misconception: Every line is turned into a number at once, but the word stop is not a number.
total = 0
while True:
    score = int(input())
    if score == "stop":
        break
    if score < 0:
        continue
    total = total + score
print(total)
