serve(thing(5), described(kind={'t': 'std', 'v': 'object'}, operations=CALLABLE))
