while True: send('call', [], [], [], [{'t': 'tests', 'id': 1}])
