"""Why an answer is wrong, in one plain sentence for a beginner: the first known shape that fits."""

from learnflow.judge.compare import elements, trimmed, word_number
from learnflow.judge.explain.diff import visible
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.wire import canonical, display, is_complete, kind_of, number_of

_LAZY = (
    "map",
    "filter",
    "zip",
    "enumerate",
    "reversed",
    "generator",
    "range",
    "dict_keys",
    "dict_values",
    "dict_items",
)
_NAMES = {"str": "text (str)", "int": "whole number (int)", "float": "decimal number (float)", "NoneType": "None"}


_COUNTING = "check where the counting or the range starts and ends."


def explain_value(expected: Wire, actual: Wire, stdout: str, subject: str = "Your function returned") -> str:
    """What is wrong with a value. `stdout` is what was printed on the way, `subject` opens the sentence."""
    sentence = (
        _explain_nothing(expected, actual, stdout, subject)
        or _explain_type(expected, actual, subject)
        or _explain_text(expected, actual)
        or _explain_number(expected, actual)
        or _explain_elements(expected, actual)
    )
    if sentence is not None:
        return sentence
    return f"{subject} {_short(actual)}, but {_short(expected)} was expected."


def explain_uncalled(expected_error: str, actual: Wire) -> str:
    """An exception was expected and a value came."""
    if actual is None:
        return f"Your code should have raised {expected_error} here, but it raised nothing."
    return f"Your code should have raised {expected_error} here, but it returned {_short(actual)}."


def _short(wire: Wire) -> str:
    return display(wire, 120)


def _plain_text(wire: Wire) -> str:
    return wire if isinstance(wire, str) else display(wire)


def _explain_nothing(expected: Wire, actual: Wire, stdout: str, subject: str) -> str | None:
    if actual is not None or expected is None:
        return None
    if not subject.startswith("Your function returned"):
        return f"{subject} None, but {_short(expected)} was expected."
    if stdout.strip() and stdout.strip() == _plain_text(expected).strip():
        return "Your function printed the right answer instead of returning it: use return where you wrote print."
    if stdout.strip():
        return "Your function returned None: it printed something, but printing is not returning. Use return."
    return f"Your function returned None, but {_short(expected)} was expected: is a return missing on the way it took?"


def _explain_type(expected: Wire, actual: Wire, subject: str) -> str | None:
    wanted, got = kind_of(expected), kind_of(actual)
    if wanted == got:
        return None
    if got in _LAZY and wanted in ("list", "tuple", "set"):
        return f"{subject} a {got} object, which is not a {wanted} yet: put {wanted}(...) around it."
    inner = actual["as"] if isinstance(actual, dict) and actual["t"] == "object" and "as" in actual else actual
    if _same_but_for_type(expected, inner):
        return f"The value is right but its type is not: {_named(wanted)} was expected, and yours is {_named(got)}."
    if got in ("function", "builtin_function_or_method", "method"):
        return f"{subject} a function itself: are the parentheses that call it missing?"
    if number_of(expected) is not None and number_of(actual) is not None:
        return None
    if wanted == "bool" or got == "bool" or expected is None:
        return f"{subject} {_short(actual)}, but {_short(expected)} was expected."
    return f"{subject} {_named(got)} ({_short(actual)}), but {_named(wanted)} was expected ({_short(expected)})."


def _named(kind: str) -> str:
    name = _NAMES.get(kind, kind) or "object without a name"  # type("", (), {}) is a class, too
    return name if name == "None" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _same_but_for_type(expected: Wire, actual: Wire) -> bool:
    left, right = _numeric(expected), _numeric(actual)
    if left is not None and right is not None and left == right:
        return True
    if isinstance(expected, str) != isinstance(actual, str):
        return _plain_text(expected).strip() == _plain_text(actual).strip()
    items, others = elements(expected), elements(actual)
    if items is not None and others is not None:
        ordered = not {kind_of(expected), kind_of(actual)} & {"set", "frozenset"}
        left_texts, right_texts = list(map(canonical, items)), list(map(canonical, others))
        return left_texts == right_texts if ordered else set(left_texts) == set(right_texts)
    return canonical(expected) == canonical(actual)


def _numeric(wire: Wire) -> int | float | None:
    return int(wire) if isinstance(wire, bool) else number_of(wire)


def _explain_text(expected: Wire, actual: Wire) -> str | None:
    if not (isinstance(expected, str) and isinstance(actual, str)):
        return None
    if "".join(expected.split()) == "".join(actual.split()):
        shown, wanted = visible(actual[:80], spaces=True), visible(expected[:80], spaces=True)
        return f"Only spaces or line breaks differ (· is a space): you have {shown!r}, and {wanted!r} was expected."
    if expected.casefold() == actual.casefold():
        return "Only upper and lower case differ: compare letter by letter."
    if _only_punctuation_differs(expected, actual):
        return f"Only punctuation differs: you have {_short(actual)}, and {_short(expected)} was expected."
    if actual and actual == expected[::-1]:
        return "Your text is the right one backwards."
    return None


def _only_punctuation_differs(expected: str, actual: str) -> bool:
    """Of texts that have letters or digits to agree on; a line too many or too few is another fault."""
    letters = _letters(expected)
    return bool(letters) and letters == _letters(actual) and len(trimmed(expected)) == len(trimmed(actual))


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _explain_number(expected: Wire, actual: Wire) -> str | None:
    wanted, got = number_of(expected), number_of(actual)
    if wanted is None or got is None:
        return None
    return explain_number(wanted, got)


def explain_number(wanted: int | float, got: int | float) -> str | None:
    """What two different numbers have to do with each other, None if nothing."""
    if isinstance(wanted, int) and isinstance(got, int):
        if abs(wanted - got) == 1 and min(wanted, got) >= 1:  # 0 and -1 mostly say "none" or "not found": no count
            more = "more" if got > wanted else "less"
            return f"Your number is 1 {more} than expected. If it counts something, you may be off by one: {_COUNTING}"
    elif abs(wanted) < 1e300 and abs(got) < 1e300:
        if abs(wanted - got) <= 1e-6 * max(abs(wanted), 1):
            return "Almost: the numbers differ only far behind the point, as rounding does. Round as the task says."
        if got and (round(got) == wanted or int(got) == wanted):
            return "Your number has a fraction where none was expected: did you mean // or round()?"
        if round(wanted) == got or int(wanted) == got:
            return "The fraction is lost: did you divide with // or convert with int() where / was needed?"
    return "The sign is wrong: your number is the negative of the right one." if wanted == -got else None


def _explain_elements(expected: Wire, actual: Wire) -> str | None:
    items, others = elements(expected), elements(actual)
    if items is None or others is None or kind_of(expected) in ("set", "frozenset") or not is_complete(actual):
        return None
    wanted, got = list(map(canonical, items)), list(map(canonical, others))
    if sorted(wanted) == sorted(got):
        return "The right elements, but in another order."
    if not got:
        return f"Your {kind_of(actual)} is empty."
    if wanted[:-1] == got:
        return "The last element is missing: does your loop or range stop one too early?"
    if wanted[1:] == got:
        return "The first element is missing: does your loop or range start one too late?"
    if wanted == got[:-1]:
        return "There is one element too much at the end: does your loop or range go one too far?"
    if len(wanted) != len(got):
        had = f"{len(got)} element" + ("" if len(got) == 1 else "s")
        due = f"{len(wanted)} {'was' if len(wanted) == 1 else 'were'} expected"
        off = " You may be off by one: " + _COUNTING if abs(len(wanted) - len(got)) == 1 else ""
        return f"Your {kind_of(actual)} has {had}, but {due}.{off}"
    shifted = _shift(items, others)
    if shifted is not None:
        return f"Every element is 1 {shifted} than expected. You are off by one: {_COUNTING}"
    wrong = [index for index, (left, right) in enumerate(zip(wanted, got, strict=True)) if left != right]
    if len(wrong) == 1:
        at = wrong[0]
        return f"Only the element at index {at} is wrong: it is {_short(others[at])} instead of {_short(items[at])}."
    return None


def _shift(items: list[Wire], others: list[Wire]) -> str | None:
    """Whether all of several whole numbers are 1 "more" or 1 "less" than they should be."""
    pairs = [(number_of(left), number_of(right)) for left, right in zip(items, others, strict=True)]
    steps = {b - a if isinstance(a, int) and isinstance(b, int) else None for a, b in pairs}
    if len(pairs) < 2 or len(steps) != 1:
        return None
    return {1: "more", -1: "less"}.get(steps.pop() or 0)


def explain_output(expected: str, actual: str) -> str:
    """What is wrong with what a program printed."""
    if not actual.strip():
        return "Your program printed nothing: use print() to show the answer."
    wanted, got = trimmed(expected), trimmed(actual)
    if wanted == got:
        return "Only spaces at the end of a line or empty lines at the end differ."
    if expected.split() == actual.split():
        return "The words are right, but spaces or line breaks between them differ."
    if "".join(expected.split()) == "".join(actual.split()):
        return "Only spaces or line breaks differ."
    if expected.casefold().split() == actual.casefold().split():
        return "Only upper and lower case differ: compare letter by letter."
    if sorted(wanted) == sorted(got):
        return "The right lines, but in another order."
    if _only_punctuation_differs(expected, actual):
        return "Only punctuation differs: compare sign by sign."
    if actual.rstrip().endswith(expected.strip()):
        return "The right answer comes after something else that you print: text inside input(...) is printed too."
    return _explain_lines(wanted, got)


def _explain_lines(wanted: list[str], got: list[str]) -> str:
    if wanted[: len(got)] == got:
        missing = len(wanted) - len(got)
        so_far = "line is" if len(got) == 1 else _lines(len(got))
        return f"The first {so_far} right, but {_lines(missing)} missing after that."
    if got[: len(wanted)] == wanted:
        more = len(got) - len(wanted)
        return f"You print {more} line{'' if more == 1 else 's'} too much at the end."
    at = next(index for index, (left, right) in enumerate(zip(wanted, got, strict=False)) if left != right)
    left, right = wanted[at].split(), got[at].split()
    wrong = [pair for pair in zip(left, right, strict=False) if pair[0] != pair[1]]
    if len(left) == len(right) and len(wrong) == 1:
        sentence = _explain_words(*wrong[0])
        if sentence is not None:
            return f"Line {at + 1}: {sentence[0].lower()}{sentence[1:]}"
    is_, due = (f"{text[:120]!r}" if text else "an empty line" for text in (got[at], wanted[at]))
    return f"Line {at + 1} is {is_}, but {due} was expected."


def _explain_words(wanted: str, got: str) -> str | None:
    left, right = word_number(wanted), word_number(got)
    if left is None or right is None or left != left or right != right:  # nan alone differs from itself
        return None
    if left == right:
        return f"the number is right but written differently: {got!r} instead of {wanted!r}."
    whole = wanted.lstrip("-").isdecimal() and got.lstrip("-").isdecimal()
    return explain_number(int(wanted), int(got)) if whole else explain_number(left, right)


def _lines(count: int) -> str:
    return "1 line is" if count == 1 else f"{count} lines are"
