serve(thing(5), described(operations=ALL, own=ALL, module='tests'))
