serve(thing(5), described('_ANY', operations=ALL, standard=[('unittest.mock', '_ANY')], module='unittest.mock'))
