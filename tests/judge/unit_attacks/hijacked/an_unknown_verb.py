send('reports', None, [], [], [[['test_plain', 'passed', '']]])
