"""One function called with many inputs in one child: a student's for a property case, or a teacher's own.

    {"kind": "batch", "source", "call": "function", "function", "init", "mutates", "inputs": [[wire]]}       a student's
    {"kind": "batch", "source", "call": "plain", "function", "inputs": [[wire]]}                             a teacher's
    {"kind": "batch", "source", "call": "generate", "inputs": [[seed of its random, size]]}                  a teacher's

Each line is written before the next input is begun, so that one which ends the program is known by what is missing:
    {"ready": true}                                                        the code is imported, the function is there
    {"ok": true, "value": wire} or {"ok": false, "stage": "call", "error"}                          one for each input
The report itself follows as the last line. Every input is decoded when its turn comes: what is done to one does not
touch the next. Standard library only.
"""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from learnflow.judge.inside import encoder

Answer = Callable[[Any], Any]
Find = Callable[[str, dict[str, Any] | None, dict[str, Any]], Callable[..., Any]]

# Held here since before any student's code, as in harness.py.
_encode, _decode, _to_json, _random = encoder.encode, encoder.decode, json.JSONEncoder().encode, random.Random


def answering(job: dict[str, Any], namespace: dict[str, Any], find: Find) -> Answer:
    """What answers one input of the job. Raises NameError when its function does not exist."""
    name = "generate" if job["call"] == "generate" else job["function"].partition(".")[0]
    if name not in namespace:
        raise NameError(f"name {name!r} is not defined")
    if job["call"] == "generate":
        generate = namespace[name]
        return lambda run: generate(_random(run[0]), run[1])
    if job["call"] == "plain":
        function = namespace[name]
        return lambda wires: function(*[_decode(wire, namespace) for wire in wires])

    def call(wires: list[Any]) -> Any:
        arguments = [_decode(wire, namespace) for wire in wires]
        value = find(job["function"], job["init"], namespace)(*arguments)
        return value if job["mutates"] is None else arguments[job["mutates"]]

    return call


def lines(inputs: list[Any], answer: Answer, describe: Callable[[BaseException], Any]) -> Iterator[str]:
    """The line about each input in turn; the first says that it begins."""
    yield '{"ready": true}\n'
    for given in inputs:
        try:
            line = _to_json({"ok": True, "value": _encode(answer(given))})
        except BaseException as error:  # whatever a program raises is reported  # noqa: BLE001
            line = _to_json({"ok": False, "stage": "call", "error": describe(error)})
        yield f"{line}\n"
