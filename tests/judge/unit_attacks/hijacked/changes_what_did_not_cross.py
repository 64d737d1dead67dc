reply(thing(1), [[0, [1]]])
