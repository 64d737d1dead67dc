serve({'t': 'tests', 'id': 77}, described(operations=CALLABLE))
