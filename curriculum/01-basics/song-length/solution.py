def song_seconds(text):
    minutes, seconds = text.split(":")
    return int(minutes) * 60 + int(seconds)
