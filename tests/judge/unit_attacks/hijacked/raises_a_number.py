send('raise', None, [], [], [5])
