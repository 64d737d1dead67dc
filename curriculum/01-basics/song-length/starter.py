def song_seconds(text):
    # Take the text apart, convert the parts, calculate.
    return text
