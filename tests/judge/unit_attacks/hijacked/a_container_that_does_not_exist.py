serve({'t': 'm', 'm': 4}, described(operations=CALLABLE))
