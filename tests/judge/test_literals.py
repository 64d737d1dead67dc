"""Values: what leaves the sandbox, what a teacher may write, and that untrusted JSON can do no harm."""

import dataclasses
import json
import math
from collections import Counter, OrderedDict, namedtuple
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learnflow.judge.inside.encoder import MAX_DEPTH, MAX_NODES, decode, describe_error, encode
from learnflow.judge.limits import CaseError
from learnflow.judge.literals import parse_literal, wire_of
from learnflow.judge.verdicts import MAX_REPORT_BYTES
from learnflow.judge.wire import WireError, canonical, check_wire, display, is_complete, kind_of, read_report

hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | st.integers(min_value=2**60, max_value=2**300),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
values = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
    ),
    max_leaves=12,
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["nan", "0x1", "ff"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["t", "v", "name", "as"]) | st.text(max_size=3), inner, max_size=4)
        | st.fixed_dictionaries(
            {
                "t": st.sampled_from(
                    [
                        "int",
                        "float",
                        "complex",
                        "bytes",
                        "tuple",
                        "set",
                        "frozenset",
                        "dict",
                        "dataclass",
                        "exception",
                        "object",
                    ]
                ),
                "v": inner,
            },
            optional={"name": st.text(max_size=3), "as": inner},
        )
    ),
    max_leaves=15,
)


def through_json(value: Any) -> Any:
    return check_wire(json.loads(json.dumps(encode(value))))


@given(values)
def test_a_value_survives_the_way_out_and_in_again(value: Any) -> None:
    wire = through_json(value)
    assert is_complete(wire)
    back = decode(wire, {})
    assert type(back) is type(value)
    assert canonical(encode(back)) == canonical(wire)


@given(values, values)
def test_two_values_have_the_same_canonical_text_only_if_they_are_the_same(left: Any, right: Any) -> None:
    if canonical(encode(left)) == canonical(encode(right)):
        assert repr(type(left)) == repr(type(right))
        assert left == right or "nan" in repr(left)
    elif type(left) is type(right) and not isinstance(left, (list, tuple, dict, set, frozenset)):
        assert left != right


@given(values)
def test_what_is_displayed_of_a_value_can_be_written_in_a_case(value: Any) -> None:
    wire = encode(value)
    text = display(wire, 100_000)
    if (
        "nanj" not in text
        and "infj" not in text
        and "nan+" not in text
        and "inf+" not in text
        and "digits>" not in text
    ):
        assert canonical(parse_literal(text, "expected")) == canonical(wire)


@given(json_values)
def test_random_json_raises_nothing_but_the_declared_error(wire: Any) -> None:
    try:
        checked = check_wire(wire)
    except WireError:
        return
    canonical(checked)
    display(checked)
    kind_of(checked)
    is_complete(checked)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_a_report_is_an_object_or_nothing(raw: bytes) -> None:
    report = read_report(raw)
    assert report is None or isinstance(report, dict)


def test_what_a_report_has_before_its_last_line_is_told_with_it() -> None:
    assert read_report(b'{"a": 1}\n[]\n{"b": 2}') == {"b": 2, "told": [{"a": 1}, None]}
    assert read_report(b'{"a": 1}\n') == {"told": [{"a": 1}]}
    assert read_report(b'{"a": 1}\n{"cut o') == {"told": [{"a": 1}]}
    assert len((read_report(b"\n" * 10**6) or {})["told"]) == 1_000


def test_reports_that_attack_the_reader_are_no_reports() -> None:
    assert read_report(b"[" * 100_000) is None
    assert read_report(b'{"a":' * 100_000) is None
    assert read_report(b'{"value": ' + b"9" * 5_000 + b"}") is None
    assert read_report(b'{"a": "' + b"x" * MAX_REPORT_BYTES + b'"}') is None
    assert read_report(b"\xff\xfe") is None
    assert read_report(b"") is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (1, 1.0),
        ([1], (1,)),
        ({1}, frozenset({1})),
        ("1", 1),
        (b"a", "a"),
        (None, False),
        ([1, 2], [2, 1]),
        ([["a"], []], [["a", []]]),
        ("a,b", ["a", "b"]),
        (2**60, 2**60 + 1),
        (1 + 0j, 1),
        ({"a": 1}, {"a": True}),
    ],
)
def test_type_and_value_both_count(left: Any, right: Any) -> None:
    assert canonical(encode(left)) != canonical(encode(right))


def test_nan_equals_nan_and_zero_has_no_sign() -> None:
    assert canonical(encode([math.nan])) == canonical(encode([float("nan")]))
    assert canonical(encode(-0.0)) == canonical(encode(0.0))


def test_sets_and_dicts_have_no_order() -> None:
    assert canonical(encode({"b": 1, "a": 2})) == canonical(encode({"a": 2, "b": 1}))
    assert canonical({"t": "set", "v": [1, 2]}) == canonical({"t": "set", "v": [2, 1]})


@dataclasses.dataclass
class Point:
    x: int
    y: int


class EqualsEverything(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "5"

    @property
    def __class__(self) -> type:  # type: ignore[override]  # the lie is the point
        return int


class Hostile(list[int]):
    def __iter__(self) -> Any:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError


class Colour(IntEnum):
    red = 1


Pair = namedtuple("Pair", "a b")  # the untyped kind is what students write


def test_what_an_object_says_about_itself_is_not_asked() -> None:
    assert encode(EqualsEverything(3)) == {"t": "object", "name": "EqualsEverything", "as": 3}
    assert encode(Hostile([1, 2])) == {"t": "object", "name": "Hostile", "as": [1, 2]}
    assert encode(Colour.red) == {"t": "object", "name": "Colour", "as": 1}
    assert encode(Pair(1, 2)) == {"t": "object", "name": "Pair", "as": {"t": "tuple", "v": [1, 2]}}
    assert encode(Counter("aa"))["as"] == encode({"a": 2})
    assert encode(OrderedDict(a=1))["name"] == "OrderedDict"
    assert encode(range(3)) == {"t": "object", "name": "range", "as": [0, 1, 2]}
    assert encode(map(int, "12")) == {"t": "object", "name": "map"}
    assert encode(int) == {"t": "object", "name": "type"}
    assert canonical(encode(EqualsEverything(5))) != canonical(encode(5))


def test_dataclasses_and_exceptions_go_by_name_and_content() -> None:
    assert canonical(encode(Point(1, 2))) == canonical(parse_literal("Point(x=1, y=2)", "expected"))
    assert canonical(encode(ValueError("no"))) == canonical(parse_literal("ValueError('no')", "expected"))
    assert decode(encode(Point(1, 2)), {"Point": Point}) == Point(1, 2)
    with pytest.raises(NameError, match="Point"):
        decode(encode(Point(1, 2)), {})


def test_cycles_depth_and_size_are_bounded() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert encode(loop) == [{"t": "cycle"}]
    deep: list[Any] = []
    for _ in range(MAX_DEPTH * 20):
        deep = [deep]
    assert not is_complete(through_json(deep))
    assert not is_complete(through_json(list(range(MAX_NODES * 2))))
    assert not is_complete(through_json("x" * 10**6))
    assert not is_complete(through_json(["x" * 1000] * 10_000))
    assert not is_complete(through_json(1 << 10**7))
    assert len(json.dumps(encode(["\ud800" * 50_000] * 50))) < 3 * 10**6
    assert display(encode([loop]), 100) == "[[...]]"


def test_a_shared_value_is_no_cycle() -> None:
    row = [0]
    assert encode([row, row]) == [[0], [0]]


def test_a_large_integer_is_displayed_without_taking_long() -> None:
    assert display(encode(10**4000)) == "1" + "0" * 3999 + "… (1 more characters)"
    assert display(encode(10**6000)) == "<an integer of about 6000 digits>"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{(1, 2), b'x'}", {(1, 2), b"x"}),
        ("set()", set()),
        ("frozenset()", frozenset()),
        ("frozenset({1, 2})", frozenset({1, 2})),
        ("set([1])", {1}),
        ("-5", -5),
        ("- -5", 5),
        ("nan", math.nan),
        ("float('nan')", math.nan),
        ("[-inf, inf]", [-math.inf, math.inf]),
        ("1-2j", 1 - 2j),
        ("{1: [None, True], 'a': (1.5,)}", {1: [None, True], "a": (1.5,)}),
        ("'a' 'b'", "ab"),
        (" 12345678901234567890123 ", 12345678901234567890123),
    ],
)
def test_python_literals_are_read(text: str, value: Any) -> None:
    assert canonical(parse_literal(text, "expected")) == canonical(encode(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1 + 1",
        "[x for x in y]",
        "__import__('os').system('true')",
        "open('/etc/passwd')",
        "'a' % 1",
        "'a' * 10**9",
        "9**9**9",
        "f'{1}'",
        "{[1]}",
        "{([1],)}",
        "{[]: 1}",
        "{**{}}",
        "[*[]]",
        "...",
        "lambda: 1",
        "set(1, 2)",
        "frozenset(1)",
        "float('x')",
        "float(x=1)",
        "Point(1, y=2)",
        "Point(**{})",
        "a.b()",
        "1; 2",
        "x = 1",
        "(" * 300 + ")" * 300,
        "[" * 60 + "]" * 60,
        "-" * 5_000 + "1",
        "9" * 5_000,
        "'" + "x" * 30_000 + "'",
        "'\0'",
    ],
)
def test_what_is_no_literal_is_refused_without_evaluating_it(text: str) -> None:
    with pytest.raises(CaseError) as refused:
        parse_literal(text, "test_cases[0].expected")
    assert refused.value.field == "test_cases[0].expected"


@settings(max_examples=300)
@given(st.text(max_size=60) | st.text("[](){}:,'\"-+.0123j abnif_", max_size=60))
def test_random_text_as_a_literal_raises_nothing_but_case_errors(text: str) -> None:
    try:
        check_wire(parse_literal(text, "expected"))
    except CaseError:
        return


def test_json_values_are_taken_as_they_are() -> None:
    assert canonical(wire_of({"a": [1, {"$py": "(1,)"}]}, "f")) == canonical(encode({"a": [1, (1,)]}))
    with pytest.raises(CaseError, match=r"f\.a\[0\]"):
        wire_of({"a": [{"$py": "x"}]}, "f")
    with pytest.raises(CaseError, match="nothing else"):
        wire_of({"$py": "1", "b": 2}, "f")
    with pytest.raises(CaseError, match="too large"):
        wire_of(["x" * 150_000, "x" * 150_000], "f")
    nested: list[Any] = []
    for _ in range(5_000):
        nested = [nested]
    with pytest.raises(CaseError, match="deep"):
        wire_of(nested, "f")


class Unprintable(Exception):  # a student's
    def __str__(self) -> str:
        raise RuntimeError


def test_errors_are_described_by_their_frames_in_the_students_file_alone() -> None:
    program = compile("def f(x):\n    return 1 / x\n\nf(0)\n", "main.py", "exec")
    with pytest.raises(ZeroDivisionError) as raised:
        exec(program, {})  # noqa: S102  # the frames of a program called main.py are what this test needs
    described = describe_error(raised.value, "main.py")
    assert described["type"] == "ZeroDivisionError"
    assert described["line"] == 2
    assert [frame["function"] for frame in described["frames"]] == ["<module>", "f"]
    assert "ArithmeticError" in described["bases"]


def test_an_error_that_cannot_be_printed_or_is_huge_is_described() -> None:
    assert describe_error(Unprintable(), "main.py")["message"] == ""
    assert len(describe_error(ValueError("x" * 10**6), "main.py")["message"]) <= 1_000
