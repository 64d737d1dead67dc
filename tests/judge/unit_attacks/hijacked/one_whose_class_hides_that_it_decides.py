serve(thing(5), described(operations=CALLABLE))
