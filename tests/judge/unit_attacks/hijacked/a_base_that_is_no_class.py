serve(thing(5), described(bases=[7], operations=CALLABLE))
