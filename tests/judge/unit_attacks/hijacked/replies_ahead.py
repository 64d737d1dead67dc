for _ in range(50): reply(3)
