send('operate', '__add__', [], [], [1, 2])
