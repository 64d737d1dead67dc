"""The difference shown to a student."""

import time
from typing import Any

from learnflow.judge.explain.diff import MAX_LINES, text_diff, value_diff
from learnflow.judge.inside.encoder import encode


def between(expected: Any, actual: Any) -> str | None:
    return value_diff(encode(expected), encode(actual))


def test_equal_texts_have_no_difference() -> None:
    assert text_diff("a\n", "a\n") == ""


def test_lines_that_differ_stand_below_each_other_with_what_is_around() -> None:
    assert text_diff("a\nb\nc\n", "a\nx\nc\n") == "  a\n- b\n+ x\n  c"


def test_lines_far_from_a_difference_are_left_out() -> None:
    lines = [f"line {number}" for number in range(50)]
    diff = text_diff("\n".join([*lines, "end\n"]), "\n".join([*lines, "END\n"]))
    assert diff == "  …\n  line 48\n  line 49\n- end\n+ END"


def test_invisible_characters_become_visible_where_nothing_else_differs() -> None:
    assert text_diff("a b\n", "a  b \n") == "- a·b\n+ a··b·"
    assert text_diff("a\tb\n", "a b\n") == "- a→b\n+ a·b\n?  ^"
    assert text_diff("a b\n", "a\xa0b\n") == "- a·b\n+ a⍽b\n?  ^"
    assert text_diff("ab\n", "a\u200bb\x00\x1b[31m\n") == "- ab\n+ a\\u200bb\\x00\\x1b[31m"


def test_the_characters_that_differ_are_marked_where_most_of_a_line_is_right() -> None:
    assert text_diff("a b\n", "a c\n") == "- a b\n+ a c\n?   ^"
    assert text_diff("Hello, World!\n", "Hello World!\n") == "- Hello, World!\n+ Hello World!\n?      ^"
    assert text_diff("\tabc\n", "\tabxc\n") == "- \tabc\n+ \tabxc\n? \t  ^"
    assert text_diff("yes\n", "no\n") == "- yes\n+ no"
    assert text_diff("aa\n", "a\n") == "- aa\n+ a\n?  ^"


def test_a_missing_newline_at_the_end_is_said() -> None:
    assert text_diff("a\n", "a") == "  a\n+ (no newline at the end)"


def test_nothing_printed_is_shown_as_missing_lines() -> None:
    assert text_diff("a\nb\n", "") == "- a\n- b"


def test_a_long_difference_is_bounded_in_length_and_time() -> None:
    start = time.perf_counter()
    left = "".join(f"{number % 7}\n" for number in range(20_000))
    right = "".join(f"{number * number % 11}\n" for number in range(20_000))
    diff = text_diff(left, right + "x" * 10**6)
    assert len(diff.split("\n")) <= MAX_LINES + 1
    assert len(text_diff("a", "x" * 10**6)) < 1_000
    assert time.perf_counter() - start < 1


def test_elements_of_lists_are_named_by_place() -> None:
    assert between([1, 2, 3], [1, 5, 3]) == "[1]: expected 2, got 5 (3 too much)"
    assert between([1, [2, 3]], [1, [2, 4, 5]]) == "[1][1]: expected 3, got 4 (1 too much)\n[1][2]: 5 is too much"
    assert between((1, 2), (1,)) == "[1]: expected 2, but it is missing"


def test_elements_of_dicts_and_sets_are_named_by_key() -> None:
    assert between({"a": 1, "b": 2}, {"a": 3, "c": 2}) == (
        "['a']: expected 1, got 3 (2 too much)\n['b']: expected 2, but it is missing\n['c']: 2 is too much"
    )
    assert between({1, 2}, {2, 3}) == "1 is missing\n3 is too much"


def test_of_two_numbers_their_difference_is_told() -> None:
    assert between(10, 7) == "expected 10, got 7 (3 too little)"
    assert between(0.5, 0.75) == "expected 0.5, got 0.75 (0.25 too much)"
    assert between(1, 1.0) is None
    assert between(True, False) is None
    assert between(float("nan"), 1.0) is None
    assert between(1.0, float("inf")) is None


def test_a_text_of_one_line_is_compared_by_character() -> None:
    assert between("a b", "a\tb") == "- a·b\n+ a→b\n?  ^"
    assert between("Hello!", "Hello") == "- Hello!\n+ Hello\n?      ^"
    assert between(["Hello!"], ["Hello"]) == "[0]: expected 'Hello!', got 'Hello' (they differ from character 6 on)"


def test_a_single_value_that_has_nothing_in_common_needs_no_difference() -> None:
    assert between([1], (1,)) is None
    assert between("a", "b") is None


def test_texts_of_several_lines_are_compared_by_line() -> None:
    assert between("a\nb\n", "a\nc\n") == "  a\n- b\n+ c"


def test_the_difference_of_large_values_is_bounded() -> None:
    diff = between(list(range(5_000)), list(range(1, 5_001)))
    assert diff is not None
    assert len(diff.split("\n")) <= MAX_LINES + 2


def test_a_large_number_and_a_small_one_stand_side_by_side() -> None:
    assert between(2**400, 0) is None
    assert between(0, 2**400) is None
