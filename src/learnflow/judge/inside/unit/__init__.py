"""Tests of kind `unit`: the tests' process and, beside it, the student's (ADR 9).

pair.py makes them from one child. The tests' side: runner.py runs the tests, remote.py asks the other process,
proxies.py and making.py stand for the student's objects and classes, patches.py and assertions.py for what tests do to
modules and say when they fail. The student's side: student.py serves, operations.py and tasks.py do what is asked,
outside.py is its world. Between them: channel.py carries messages, crossing.py values; plain_types.py and arrays.py
say which of them cross as they are.
"""
