serve({'t': 'std', 'v': '_ANY'}, described(operations=CALLABLE))
