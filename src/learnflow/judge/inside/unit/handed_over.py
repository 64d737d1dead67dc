"""What the student's process may do with objects that a test has handed over to it. Standard library only.

Functions it may call; iterators it may advance. Of objects whose classes the test file defines, of streams and of mocks
it may use the public side: no name with an underscore (those lead to globals and frames), no method that says what a
mock has seen, and nothing of the TestCase itself.
"""

import collections.abc
import io
import sys
import unittest
from typing import Any

from learnflow.judge.inside.unit import proxies
from learnflow.judge.inside.unit.operations import OPERATIONS

TEST_MODULE = "tests"
_NOT_OF_MOCKS = ("assert", "mock_add_spec", "reset_mock", "configure_mock", "attach_mock")


def is_mock(value: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock)


def is_open(value: Any, name: str = "x") -> bool:
    """Whether the student's process may use this public name of this object of the tests."""
    if name.startswith("_") or isinstance(value, (type, unittest.TestCase)):
        return False
    if is_mock(value):
        return not name.startswith(_NOT_OF_MOCKS)
    return type(value).__module__ == TEST_MODULE or isinstance(value, io.IOBase)


def may_be_set(value: Any, name: str, new: Any) -> bool:
    """Attributes with data alone: a method that the tests call afterwards stays theirs."""
    if not is_open(value, name) or isinstance(value, io.IOBase):
        return False
    if is_mock(value):
        return not proxies.is_remote(new) and not callable(new) and not hasattr(type(value), name)
    return not callable(getattr(type(value), name, None))


def may_be_called(value: Any) -> bool:
    return callable(value) and not isinstance(value, unittest.TestCase)


def operations_of(value: Any) -> set[str]:
    if is_open(value):
        return {name for name in OPERATIONS if getattr(type(value), name, None) is not getattr(object, name, None)}
    return {"__iter__", "__next__"} if isinstance(value, collections.abc.Iterator) else set()
