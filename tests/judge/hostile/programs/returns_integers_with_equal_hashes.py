#: verdict: wrong_answer
#: call: f
#: why: the judge must not build a set or dict of numbers that a student chose

import json
import os


def f(numbers):
    collisions = [(2**61 - 1) * factor for factor in range(15_000)]
    value = {"t": "set", "v": [{"t": "int", "v": hex(number)} for number in collisions]}
    os.write(3, json.dumps({"ok": True, "value": value}).encode())
    os._exit(0)
