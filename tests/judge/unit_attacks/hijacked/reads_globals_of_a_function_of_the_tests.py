send('get', '__globals__', [], [], [{'t': 'tests', 'id': 1}])
receive()
send('get', 'f_back', [], [], [{'t': 'tests', 'id': 1}])
receive()
