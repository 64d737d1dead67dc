x = 1
for _ in range(150): x = {'t': 'tuple', 'v': [x]}
reply(x)
