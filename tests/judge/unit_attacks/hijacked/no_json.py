write(b'reply')
