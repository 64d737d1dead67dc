# caught-by: a long mix
# misconception: The minutes are thought to be always a single digit.
def song_seconds(text):
    return int(text[0]) * 60 + int(text[-2:])
