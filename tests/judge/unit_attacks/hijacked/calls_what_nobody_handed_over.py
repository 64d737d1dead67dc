send('call', [], [], [], [{'t': 'std', 'v': 'type'}, 'x'])
