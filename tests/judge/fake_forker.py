"""A forker that says what it was told to say: `fake_forker.py PLAN SOCKET`, run in place of the real one.

The plan is JSON: {"first": [...], "then": [...]}: messages after the options have come, and after each further message.
A message is [payload in hexadecimal, number of descriptors of /dev/null that go with it].
"""

import json
import os
import socket
import sys


def say(control: socket.socket, messages: list[tuple[str, int]]) -> None:
    for payload, count in messages:
        descriptors = [os.open("/dev/null", os.O_RDONLY) for _ in range(count)]
        socket.send_fds(control, [bytes.fromhex(payload)], descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def main() -> None:
    plan = json.loads(sys.argv[1])
    control = socket.socket(fileno=int(sys.argv[2]))
    control.recv(1 << 17)
    say(control, plan["first"])
    while control.recv(64):
        say(control, plan["then"])


if __name__ == "__main__":
    try:
        main()
    except OSError:  # the service had enough
        sys.exit(1)
