serve({'t': 'tests', 'id': 1}, described(operations=CALLABLE))
