"""The sentence a beginner reads about a wrong answer or an exception."""

import itertools
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnflow.judge.explain.diff import text_diff, value_diff
from learnflow.judge.explain.exceptions import error_detail, explain_error
from learnflow.judge.explain.feedback import explain_output, explain_value
from learnflow.judge.explain.syntax_errors import explain_syntax
from learnflow.judge.inside.encoder import describe_error, encode


def about(expected: Any, actual: Any, stdout: str = "") -> str:
    return explain_value(encode(expected), encode(actual), stdout)


@pytest.mark.parametrize(
    ("expected", "actual", "stdout", "words"),
    [
        (6, None, "6\n", "printed the right answer instead of returning"),
        ("hi", None, "hi\n", "printed the right answer instead of returning"),
        (6, None, "x\n", "printing is not returning"),
        (6, None, "", "is a return missing"),
        (6, "6", "", "a whole number (int) was expected, and yours is a text (str)"),
        (6, 6.0, "", "yours is a decimal number (float)"),
        (1, True, "", "yours is a bool"),
        ([1, 2], (1, 2), "", "a list was expected, and yours is a tuple"),
        ([1, 2], {2, 1}, "", "yours is a set"),
        ([0, 1], range(2), "", "put list(...) around it"),
        ([1], map(int, "1"), "", "put list(...) around it"),
        (3, len, "", "parentheses that call it missing"),
        ([1, 2], [2, 1], "", "another order"),
        ("a b", "a  b", "", "Only spaces"),
        ("Hello", "hello", "", "upper and lower case"),
        ("Hello!", "Hello", "", "punctuation"),
        ("abc", "cba", "", "backwards"),
        (5, 6, "", "1 more than expected"),
        (5, 4, "", "1 less than expected"),
        (2.5, 2, "", "you divide with //"),
        (2, 2.5, "", "did you mean //"),
        (0.3, 0.1 + 0.2, "", "rounding"),
        (5, -5, "", "sign"),
        ([1, 2, 3], [1, 2], "", "last element is missing"),
        ([1, 2, 3], [2, 3], "", "first element is missing"),
        ([1, 2], [1, 2, 3], "", "one element too much"),
        ([1, 2], [], "", "empty"),
        ([1, 2, 3, 4], [1], "", "has 1 element, but 4 were expected."),
        ([9], [1, 2], "", "has 2 elements, but 1 was expected. You may be off by one"),
        ([1, 2, 3], [0, 1, 2], "", "Every element is 1 less than expected. You are off by one"),
        (30, 31, "", "1 more than expected. If it counts something, you may be off by one"),
        (-1, 0, "", "returned 0, but -1 was expected."),
        (0, 1, "", "returned 1, but 0 was expected."),
        ("..\n...", "..", "", "returned '..', but '..\\n...' was expected."),
        ("!?", "?!", "", "backwards"),
        ([1, 2, 3], [1, 5, 3], "", "index 1 is wrong: it is 5 instead of 2"),
        (100, 7, "", "returned 7, but 100 was expected"),
        (None, 7, "", "returned 7, but None was expected"),
        ([1], 7, "", "returned a whole number (int) (7), but a list was expected"),
        (True, False, "", "returned False, but True was expected"),
    ],
)
def test_a_wrong_value_is_explained(expected: Any, actual: Any, stdout: str, words: str) -> None:
    assert words in about(expected, actual, stdout)


@pytest.mark.parametrize(
    ("expected", "actual", "words"),
    [
        ("6\n", "", "printed nothing"),
        ("a b\n", "a  b\n", "spaces or line breaks between"),
        ("ab\n", "a b\n", "Only spaces"),
        ("a\nb\n", "b\na\n", "another order"),
        ("Hello\n", "HELLO\n", "case"),
        ("Hello!\n", "Hello\n", "punctuation"),
        ("6\n", "Number? 6\n", "inside input(...)"),
        ("1\n2\n3\n", "1\n2\n", "The first 2 lines are right, but 1 line is missing"),
        ("1\n", "1\n2\n", "1 line too much"),
        ("#\n##\n###\n", "#\n##\n", "The first 2 lines are right, but 1 line is missing after that."),
        ("#\n##\n###\n", "\n#\n##\n", "Line 1 is an empty line, but '#' was expected."),
        ("Total\n-----\n", "Total\n", "The first line is right, but 1 line is missing after that."),
        ("1\n2\n3\n", "1\n2\n4\n", "Line 3: your number is 1 more than expected."),
        ("Sum: 6.00\n", "Sum: 6.0\n", "written differently"),
        ("a\nb\n", "a\nxyz\n", "Line 2 is 'xyz', but 'b' was expected"),
    ],
)
def test_a_wrong_output_is_explained(expected: str, actual: str, words: str) -> None:
    assert words in explain_output(expected, actual)


def raised_by(source: str) -> dict[str, Any]:
    try:
        exec(compile(source, "main.py", "exec"), {"__name__": "main"})  # noqa: S102  # the real exceptions of a program
    except BaseException as error:  # noqa: BLE001  # SystemExit and others too
        return describe_error(error, "main.py")
    raise AssertionError("the program raised nothing")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("total = 1\nprint(totl)", "On line 2: there is no name 'totl'; did you mean 'total'?"),
        ("Print(1)", "did you mean 'print'?"),
        ("x = true", "Python writes True"),
        ("print(hello)", "'hello' is used but never given a value"),
        ("'a' + 1", "text and a number can't be added"),
        ("1 + 'a'", "text and a number can't be added"),
        ("None + 1", "one of the values is None"),
        ("[1] + 1", "only another list can be added to a list, not a int"),
        ("range(7 / 2)", "use // instead of /"),
        ("range('5')", "not a str"),
        ("int([1])", "not of a list"),
        ("', '.join([1])", "element 0 is a int"),
        ("1 in 'abc'", "only a text can be in a text"),
        ("-'5'", "works on a number, not on a str"),
        ("a, b = 1", "single int can't be spread"),
        ("class P: pass\nP(1)", "lack an __init__"),
        ("class P:\n    def f(): pass\nP().f()", "needs self"),
        ("class P:\n    def f(self): pass\nP.f()", "make an object first"),
        ("def f(a): pass\nf(1, a=2)", "given a twice"),
        ("'%s' % (1, 2)", "number of % signs"),
        ("raise 'no'", "raise needs an exception"),
        ("next([1])", "put iter(...)"),
        ("class P: pass\nP.size", "the class P has no 'size'"),
        ("'abc'.index('x')", "use .find()"),
        ("import math\nmath.sqrt(-1)", "root of a negative number"),
        ("range(1, 2, 0)", "step of 0"),
        ("'a'.split('')", "split at nothing"),
        ("import random\nrandom.randint(3, 1)", "smaller end"),
        ("d = {1: 1}\nfor k in d: d[k + 1] = 1", "loop over a copy"),
        ("next(iter([]))", "nothing more"),
        ("2.0 ** 10000", "too large"),
        ("1 < 'a'", "can't compare"),
        ("x = None\nx[0]", "this value is None"),
        ("x = 1\nx(2)", "called like a function"),
        ("for i in 5: pass", "range(...)"),
        ("def f(a): pass\nf()", "f() was called without 'a'"),
        ("def f(a): pass\nf(1, 2)", "f() takes 1"),
        ("def f(a): pass\nf(b=1)", "no parameter called b"),
        ("x = [1]\nx['a']", "whole number"),
        ("(1,)[0:1][0] = 2", "can't be changed in place"),
        ("{[]}", "can't be a dictionary's key or in a set"),
        ("len(5)", "has no length"),
        ("print[1]", "call it with parentheses"),
        ("[1][3]", "there is no element at this index"),
        ("[].pop()", "already empty"),
        ("{'a': 1}['b']", "no key 'b'"),
        ("1 / 0", "divides by zero"),
        ("None.append(1)", "the value before .append is None"),
        ("[].push(1)", "a list has no 'push'"),
        ("[].appendd(1)", "did you mean 'append'"),
        ("(1,).append(1)", "only a list has"),
        ("[].upper()", "belongs to a text"),
        ("import math\nmath.squareroot(2)", "the module math has nothing called squareroot"),
        ("int('3.5')", "use float()"),
        ("int('x')", "digits and nothing else"),
        ("float('x')", "digits and a point"),
        ("a, b = 1, 2, 3", "too many values"),
        ("[1].index(2)", "check with in first"),
        ("max([])", "empty collection"),
        ("x = 1\ndef f():\n    x += 1\nf()", "On line 3: 'x' is used inside the function before"),
        ("raise EOFError", "input() found nothing more to read"),
        ("def f(): f()\nf()", "calls itself without end"),
        ("import numpyy", "there is no module 'numpyy'"),
        ("from math import nothing", "the module math has nothing called nothing"),
        ("assert 1 == 2, 'sum'", "an assert did not hold (sum)"),
        ("open('nothing.txt')", "there is no file 'nothing.txt'"),
        ("raise SystemExit", "exit()"),
        ("raise NotImplementedError", "not written yet"),
        ("class Odd(Exception): pass\nraise Odd('why')", "your code raised Odd (why)"),
    ],
)
def test_an_exception_is_explained_on_the_students_line(source: str, words: str) -> None:
    detail = error_detail(raised_by(source), source)
    sentence = explain_error(detail, source)
    assert words in sentence
    assert detail["line"] is not None
    assert sentence.startswith(f"On line {detail['line']}: ")
    assert 'File "main.py", line' in detail["traceback"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("if x\n    pass", "Line 1: a colon is missing"),
        ("for i in [1]\n  pass", "colon"),
        ("print(1", "bracket ( is opened here and never closed"),
        ("x = [1, 2\ny = 3\n", "never closed"),
        ("print(1))", "closing )"),
        ("x = (1]", "brackets must match"),
        ("x = 'a", "quote"),
        ("x = '''a", "three quotes"),
        ("print 1", "parentheses"),
        ("def f():\nreturn 1", "must be indented"),
        ("x = 1\n  y = 2", "indented though nothing"),
        ("if 1:\n    x\n  y", "fits no block"),
        ("if 1:\n\tx\n        y", "tabs and spaces"),
        ("if x = 1:\n  pass", "write =="),
        ("f() = x", "can't stand on the left"),
        ("return 1", "only inside a function"),
        ("break", "only inside a loop"),
        ("1x = 2", "digit"),
        ("print(\u201cx\u201d)", "not one Python knows"),
        ("x = 1\0", "NUL"),
        ("x = '\ud800'", "half a character"),
        ("(" * 300, "nested too deeply"),
        ("def f(x):\n    retrun x", "did you mean return?"),
        ("whlie True:\n    pass", "did you mean while?"),
        ("def f:\n    pass", "def name():"),
        ("try:\n    x = 1\nprint(2)", "except"),
        ("x = 07", "write 7"),
        ("x = 1 \\ 2", "backslash"),
        ("print(sep='', 1)", "come first"),
        ("def f(a=1, b): pass", "come first"),
        ("f(a=1, a=2)", "given twice"),
        ("def f(a, a): pass", "two parameters are called a"),
        ("def f():\n    x = 1\n    global x", "put it first"),
        ("yield 1", "only inside a function"),
        ("x = f'{1'", "braces { }"),
        ("x = f'{}'", "nothing between the braces"),
        ("x = 'C:\\Users'", "write it twice"),
        ("del 1", "can't be deleted"),
        ("if 1:\n    pass\nelse if 2:\n    pass", "elif"),
        ("x = 1\nx++", "+= 1"),
        ("if 1 => 2:\n    pass", ">= and <="),
        ("if 1 && 2:\n    pass", "and and or"),
        ("if !x:\n    pass", "not instead of !"),
        ("class = 1", "one of Python's own"),
        ("print('a' 'b' 1)", "comma"),
        ("y: 'Oh!' = = 2", "Python can't"),
        ("x = = 1", "Python can't read this"),
    ],
)
def test_unreadable_code_is_explained_on_the_students_line(source: str, words: str) -> None:
    detail = error_detail(raised_by(source), source)
    sentence = explain_syntax(detail, source)
    assert words in sentence
    if detail["line"] is not None:
        assert sentence.startswith(f"Line {detail['line']}: ")


def test_a_deep_traceback_is_cut_in_the_middle() -> None:
    source = "def f(n):\n    if n == 0:\n        raise ValueError('end')\n    f(n - 1)\nf(100)\n"
    traceback = error_detail(raised_by(source), source)["traceback"]
    assert "more calls" in traceback
    assert len(traceback.split("\n")) < 40
    assert traceback.endswith("ValueError: end")


def test_a_forged_error_is_shown_as_far_as_it_makes_sense() -> None:
    for forged in (
        None,
        [],
        {},
        {"type": 1, "line": "x", "frames": "y"},
        {"frames": [1, {"line": -5, "function": {}}]},
    ):
        detail = error_detail(forged, "x = 1")
        assert explain_error(detail, "x = 1")
        assert detail["line"] is None


def test_every_error_line_lies_inside_the_program() -> None:
    assert error_detail({"type": "E", "line": 99}, "x")["line"] is None
    assert error_detail({"type": "E", "line": True}, "x")["line"] is None


words = st.sampled_from(["1", "2", "-1", "1.0", "9" * 399, "1e999", "nan", "inf", "a", "A", ".", "٣", "--5", "\0"])
texts = st.lists(words | st.sampled_from([" ", "\n", "\t", "\r"]), max_size=8).map("".join) | st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.just(10**400) | st.complex_numbers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3) | st.tuples(inner),
    max_leaves=6,
)


@given(texts, texts)
def test_any_two_outputs_have_a_sentence(expected: str, actual: str) -> None:
    assert explain_output(expected, actual)
    text_diff(expected, actual)


@given(values, values)
def test_any_two_values_have_a_sentence(expected: Any, actual: Any) -> None:
    assert about(expected, actual)
    value_diff(encode(expected), encode(actual))


def test_a_sentence_about_many_similar_names_takes_no_time() -> None:
    source = "\n".join(
        "".join(letters) for letters in itertools.islice(itertools.permutations("abcdefghij" * 4), 1_500)
    )
    start = time.perf_counter()
    explain_error(
        {"type": "NameError", "message": "name 'jihgfedcba' is not defined", "line": 1, "traceback": ""}, source
    )
    explain_syntax({"type": "SyntaxError", "message": "odd", "line": 1, "traceback": ""}, "(" * 65_536)
    assert time.perf_counter() - start < 1


def test_an_object_of_a_class_without_a_name_has_a_sentence() -> None:
    nameless = type("", (), {})()
    assert "object without a name" in (explain_value(encode(1), encode(nameless), "", "Your function returned") or "")
