serve(thing(5), described(kind={'t': 'std', 'v': 'list'}, operations=CALLABLE))
