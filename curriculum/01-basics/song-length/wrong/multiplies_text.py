# caught-by: a normal song
# misconception: The parts of a text are thought to be numbers because they consist of digits.
def song_seconds(text):
    minutes, seconds = text.split(":")
    return minutes * 60 + seconds
