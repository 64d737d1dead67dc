"""The difference between what was expected and what came, written for a beginner's eyes and bounded in length.

Of a text: lines, `-` for expected and `+` for the student's, with invisible characters made visible where two lines
differ in nothing else, and `?` with a mark under the characters that differ where most of a line is right. Of a value:
one line per element that differs, with its place; of a number how much too large or small it is.
"""

from difflib import SequenceMatcher

from learnflow.judge.compare import elements
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.wire import canonical, display, kind_of, number_of

MAX_LINES = 40  # lines of a diff
MAX_COMPARED = 120  # lines of each text from the first difference on: matching can take their number cubed
MAX_WIDTH = 200  # characters of one line
CONTEXT = 2
LARGEST = 1e15  # of larger numbers the difference is not told: it would be rounded
NO_NEWLINE = "\0no newline"  # stands for a line of its own

_VISIBLE = {" ": "·", "\t": "→", "\r": "␍", "\xa0": "⍽"}


def text_diff(expected: str, actual: str) -> str:
    """The lines of two texts that differ, with a little context; "" when the texts are equal."""
    if expected == actual:
        return ""
    left, right = _lines(expected), _lines(actual)
    same = next(
        (index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    start = max(same - CONTEXT, 0)
    left, right = left[start : start + MAX_COMPARED], right[start : start + MAX_COMPARED]
    shown: list[str] = []
    for group in SequenceMatcher(None, left, right, autojunk=False).get_grouped_opcodes(CONTEXT):
        if start or shown:
            shown.append("  …")
        for operation, begin, end, other_begin, other_end in group:
            if operation == "equal":
                shown += [f"  {_shown(line)}" for line in left[begin:end]]
            else:
                shown += _changed(left[begin:end], right[other_begin:other_end])
    return _bounded(shown)


def _lines(text: str) -> list[str]:
    """Lines without their newline; a last line that has none is followed by a mark."""
    lines = text.split("\n")
    return [*lines, NO_NEWLINE] if lines[-1] else lines[:-1]


def _changed(expected: list[str], actual: list[str]) -> list[str]:
    invisible = [line.split() for line in expected] == [line.split() for line in actual]
    if len(expected) == len(actual) == 1:
        left, right = _shown(expected[0], invisible=invisible), _shown(actual[0], invisible=invisible)
        return [f"- {left}", f"+ {right}", *_marks(left, right)]
    return [f"- {_shown(line, invisible=invisible)}" for line in expected] + [
        f"+ {_shown(line, invisible=invisible)}" for line in actual
    ]


def _marks(expected: str, actual: str) -> list[str]:
    """A line that marks where `actual` leaves `expected`, if half of it is right; what is missing has one mark."""
    shorter, begin = min(len(expected), len(actual)), _common(expected, actual)
    end = next((at for at in range(shorter - begin) if expected[-1 - at] != actual[-1 - at]), shorter - begin)
    if 2 * (begin + end) < max(len(expected), len(actual)):
        return []
    before = "".join("\t" if character == "\t" else " " for character in actual[:begin])
    return [f"? {before}{'^' * max(len(actual) - begin - end, 1)}"]


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _shown(line: str, *, invisible: bool = False) -> str:
    if line == NO_NEWLINE:
        return "(no newline at the end)"
    cut = line if len(line) <= MAX_WIDTH else f"{line[:MAX_WIDTH]}…"
    return visible(cut, spaces=invisible)


def visible(text: str, *, spaces: bool) -> str:
    """The text with characters that show nothing replaced by something that does; spaces and tabs only if asked."""
    replaced = []
    for character in text:
        if character in _VISIBLE and (spaces or character not in " \t"):
            replaced.append(_VISIBLE[character])
        elif character.isprintable() or character == "\t":
            replaced.append(character)
        else:
            replaced.append(character.encode("unicode_escape").decode())
    return "".join(replaced)


def value_diff(expected: Wire, actual: Wire) -> str | None:
    """Where two values differ, element by element; None when expected and actual side by side say it all.

    Texts are compared by line and character: one line of each that has nothing in common says nothing more.
    """
    if isinstance(expected, str) and isinstance(actual, str):
        if "\n" in expected + actual:
            return text_diff(expected, actual)
        pair = _changed([expected], [actual])
        return "\n".join(pair) if len(pair) > 2 else None
    if difference := _difference(expected, actual):
        return f"expected {_short(expected)}, got {_short(actual)}{difference}"
    found: list[str] = []
    _differences(expected, actual, "", found)
    if not found or found[0].startswith(":"):
        return None
    return _bounded(found)


def _differences(expected: Wire, actual: Wire, place: str, found: list[str]) -> None:
    if len(found) > MAX_LINES or canonical(expected) == canonical(actual):
        return None
    if kind_of(expected) == kind_of(actual):
        if kind_of(expected) in ("list", "tuple"):
            return _of_sequences(elements(expected) or [], elements(actual) or [], place, found)
        if kind_of(expected) in ("set", "frozenset"):
            return _of_sets(elements(expected) or [], elements(actual) or [], place, found)
        # A large int has the long form, a small one of the same kind has not.
        both_long = isinstance(expected, dict) and isinstance(actual, dict) and expected["t"] == actual["t"]
        if both_long and expected["t"] in ("dict", "dataclass"):
            return _of_pairs(expected, actual, place, found)
    found.append(f"{place}: expected {_short(expected)}, got {_short(actual)}{_difference(expected, actual)}")
    return None


def _difference(expected: Wire, actual: Wire) -> str:
    """How far apart two numbers are, or from where on two texts differ; "" for anything else."""
    if isinstance(expected, str) and isinstance(actual, str):
        same = _common(expected, actual)
        return f" (they differ from character {same + 1} on)" if same else ""
    wanted, got = number_of(expected), number_of(actual)
    if wanted is None or got is None or not (abs(wanted) < LARGEST and abs(got) < LARGEST):
        return ""
    more = got - wanted
    return f" ({abs(more):.6g} too {'much' if more > 0 else 'little'})" if more else ""


def _of_sequences(expected: list[Wire], actual: list[Wire], place: str, found: list[str]) -> None:
    for index in range(max(len(expected), len(actual))):
        if len(found) > MAX_LINES:
            return
        at = f"{place}[{index}]"
        if index >= len(actual):
            found.append(f"{at}: expected {_short(expected[index])}, but it is missing")
        elif index >= len(expected):
            found.append(f"{at}: {_short(actual[index])} is too much")
        else:
            _differences(expected[index], actual[index], at, found)


def _of_sets(expected: list[Wire], actual: list[Wire], place: str, found: list[str]) -> None:
    left, right = {canonical(item): item for item in expected}, {canonical(item): item for item in actual}
    prefix = f"{place}: " if place else ""
    found += [f"{prefix}{_short(left[key])} is missing" for key in sorted(left.keys() - right.keys())]
    found += [f"{prefix}{_short(right[key])} is too much" for key in sorted(right.keys() - left.keys())]


def _of_pairs(expected: dict[str, Wire], actual: dict[str, Wire], place: str, found: list[str]) -> None:
    field = expected["t"] == "dataclass"
    left = {canonical(key): (key, item) for key, item in expected["v"]}
    right = {canonical(key): (key, item) for key, item in actual["v"]}
    for key in [*left, *(key for key in right if key not in left)]:
        if len(found) > MAX_LINES:
            return
        name = left.get(key, right.get(key, ("", None)))[0]
        at = f"{place}.{name}" if field else f"{place}[{_short(name)}]"
        if key not in right:
            found.append(f"{at}: expected {_short(left[key][1])}, but it is missing")
        elif key not in left:
            found.append(f"{at}: {_short(right[key][1])} is too much")
        else:
            _differences(left[key][1], right[key][1], at, found)


def _short(wire: Wire) -> str:
    return display(wire, 80)


def _bounded(lines: list[str]) -> str:
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"… and {len(lines) - MAX_LINES} more lines"]
    return "\n".join(lines)
