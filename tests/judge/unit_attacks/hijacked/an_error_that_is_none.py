serve({'t': 'student', 'id': 6, 'k': 'error', 'c': {'t': 'std', 'v': 'int'}, 'args': [], 'line': None, 'extra': [[], []], 'cause': None}, described(operations=CALLABLE))
