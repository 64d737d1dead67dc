# caught-by: a normal song
# misconception: Minutes and seconds are read as one number, as if a minute had 100 seconds.
def song_seconds(text):
    return int(text.replace(":", ""))
