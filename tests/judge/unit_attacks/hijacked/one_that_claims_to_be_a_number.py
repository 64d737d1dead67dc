serve(thing(5, **{'as': 7}), described(kind={'t': 'std', 'v': 'int'}, operations=CALLABLE))
