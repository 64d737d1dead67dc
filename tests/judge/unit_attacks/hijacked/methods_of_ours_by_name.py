serve(thing(5), described(operations=['__call__', '__class__', '__getattribute__', '__new__'], methods=['__eq__', '__class__']))
