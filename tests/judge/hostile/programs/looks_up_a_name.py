#: verdict: forbidden

import socket

print(socket.gethostbyname("example.com"))
