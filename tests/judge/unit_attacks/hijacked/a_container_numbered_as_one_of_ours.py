serve({'t': 'list', 'm': 0, 'v': []}, described(operations=CALLABLE))
