#: verdict: passed
#: expect: nothing

import socket

reached = []
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("1.1.1.1", 443)),
    (socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 5432)),
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 8000)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("8.8.8.8", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 5432)),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/run/postgresql/.s.PGSQL.5432"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0abstract"),
    (socket.AF_UNIX, socket.SOCK_DGRAM, "/dev/log"),
):
    try:
        with socket.socket(family, kind) as connection:
            connection.settimeout(0.5)
            connection.connect(address)
        reached.append(address)
    except OSError:
        pass
left, right = socket.socketpair()
for address in ("\0abstract", "/dev/log"):
    try:
        left.sendto(b"x", address)
        reached.append(address)
    except OSError:
        pass
try:
    socket.send_fds(left, [b"x"], [0])
    reached.append("descriptors by message")
except OSError:
    pass
print(reached or "nothing")
