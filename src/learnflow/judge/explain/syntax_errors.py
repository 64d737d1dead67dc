"""What Python's complaint about unreadable code means, in one plain sentence."""

import keyword
import re
import tokenize
from collections.abc import Iterator
from difflib import get_close_matches
from io import StringIO

from learnflow.judge.explain.exceptions import source_line
from learnflow.judge.verdicts import ErrorDetail

_OPENERS = {"(": ")", "[": "]", "{": "}"}


def explain_syntax(detail: ErrorDetail, source: str) -> str:
    """One plain sentence about code that Python can't read."""
    where = f"Line {detail['line']}: " if detail["line"] is not None else ""
    sentence = _syntax_sentence(detail, source)
    return where + sentence if where else sentence[0].upper() + sentence[1:]


def _syntax_sentence(detail: ErrorDetail, source: str) -> str:
    message, line = detail["message"], source_line(detail, source).strip()
    message = "else if" if re.match(r"else\s+if\b", line) else message  # Python only misses a colon
    for pattern, sentence in _SYNTAX:
        found = re.search(pattern, message)
        if found is not None:
            return sentence.format(*(group or "" for group in found.groups()))
    foreign = _foreign(line)
    if foreign is not None:
        return foreign
    opener = _open_bracket(source)
    if opener is not None:
        return f"the bracket {opener[0]} of line {opener[1]} is never closed."
    if re.match(r"(if|elif|else|for|while|def|class|try|except|finally|with)\b", line) and not line.endswith(":"):
        return "a colon is missing at the end of the line."
    if re.match(r"print\s+[^(\s]", line):
        return "print needs parentheses: print(...)."
    first = re.match(r"[a-z]{2,12}\b", line)
    word = first[0] if first is not None else ""
    near = [] if keyword.iskeyword(word) else get_close_matches(word, keyword.kwlist, n=1, cutoff=0.75)
    if near:
        return f"Python has no word {word!r}: did you mean {near[0]}?"
    if detail["type"] in ("MemoryError", "RecursionError"):
        return "the code is nested too deeply for Python to read."
    return f"Python can't read this ({message or detail['type']})."


def _foreign(line: str) -> str | None:
    """What of another language the line holds, outside of texts and comments."""
    bare = re.sub(r"(['\"]).*?\1|#.*", "''", line)
    return next((sentence for pattern, sentence in _LINES if re.search(pattern, bare)), None)


# What the line shows where Python says no more than that it is wrong.
_LINES = (
    (r"\+\+|--\s*$", "Python has no ++ and --: write += 1 or -= 1."),
    (r"=>|=<", "write >= and <= with the = at the end."),
    (r"&&|\|\|", "Python writes and and or in letters, not && and ||."),
    (r"!(?!=)", "Python writes not instead of !."),
    (r"<>", "Python writes != for is not equal."),
    (
        rf"^(?:{'|'.join(keyword.kwlist)})\s*=(?!=)",
        "this word is one of Python's own: choose another name.",
    ),
    (r"^(?:def|class)\s+\w+\s*:", "the name needs parentheses after it: def name():"),
)

_SYNTAX = (
    (r"^else if$", "Python writes elif instead of else if."),
    (r"expected '\('", "the function's name needs parentheses after it: def name():"),
    (r"expected '(except' or 'finally)' block", "a try needs an except below it, indented like the try."),
    (r"leading zeros in decimal", "a number can't begin with 0: write 7, not 07."),
    (
        r"unexpected character after line continuation",
        "a backslash may only stand at the very end of a line: use / to divide.",
    ),
    (r"positional argument follows keyword", "arguments without a name come first, those with name= behind them."),
    (
        r"(?:non-default argument follows default|parameter without a default follows)",
        "parameters without a default value come first, those with one behind them.",
    ),
    (r"keyword argument repeated: (\w+)", "the argument {0} is given twice."),
    (r"duplicate argument '(\w+)'", "two parameters are called {0}: give each its own name."),
    (
        r"name '(\w+)' is (?:assigned to|used) (?:before|prior to) global",
        "global {0} must stand before {0} is used: put it first.",
    ),
    (r"'(yield|await)' outside", "{0} works only inside a function."),
    (r"f-string: (?:expecting '}'|single '}')", "the braces {{ }} in the f-string don't match."),
    (r"f-string: (?:empty|valid expression)", "there is nothing between the braces of the f-string."),
    (r"unicode error", "a backslash in a text begins a special character: write it twice, or put r before the quotes."),
    (r"cannot delete (.{1,60})", "{0} can't be deleted: del takes names and elements."),
    (r"expected ':'", "a colon is missing."),
    (r"'([(\[{])' was never closed", "the bracket {0} is opened here and never closed."),
    (r"unmatched '([)\]}])'", "there is a closing {0} that no bracket before it opens."),
    (
        r"closing parenthesis '(.)' does not match opening parenthesis '(.)'",
        "{1} is closed by {0}: brackets must match.",
    ),
    (r"unterminated (?:f-)?string literal|EOL while scanning", "the quote that ends this text is missing."),
    (r"unterminated triple-quoted", "the three quotes that end this text are missing."),
    (r"Missing parentheses in call to '(\w+)'", "{0} needs parentheses: {0}(...)."),
    (
        r"expected an indented block(?: after (.+?) on line (\d+))?",
        "the line must be indented: it belongs to the one before that ends with a colon.",
    ),
    (
        r"unexpected indent",
        "this line is indented though nothing before it opens a block: remove the spaces at its start.",
    ),
    (
        r"unindent does not match",
        "the indentation fits no block above: use the same number of spaces as the lines it belongs to.",
    ),
    (r"inconsistent use of tabs", "tabs and spaces are mixed in the indentation: use four spaces everywhere."),
    (
        r"syntax. Maybe you meant '=='",
        "one = gives a value; to compare, write ==.",
    ),
    (
        r"cannot assign to (.{1,60}?)(?: here\..*|$)",
        "{0} can't stand on the left of =: a name goes there (to compare, write ==).",
    ),
    (r"'return' outside function", "return works only inside a function: is the line indented under its def?"),
    (r"'(break|continue)' (?:outside|not properly in) loop", "{0} works only inside a loop."),
    (r"invalid decimal literal", "a name can't begin with a digit, and a number can't be followed by letters."),
    (
        r"invalid character '(.)'",
        "the character {0} is not one Python knows: type it again, since copied quotes and dashes often look alike.",
    ),
    (
        r"invalid non-printable character",
        "there is an invisible character in this line, often from copying: type the line again.",
    ),
    (r"null byte", "the code holds a NUL character, which no Python file may hold: remove it."),
    (r"surrogates not allowed", "the code holds half a character (a lone surrogate): remove it."),
    (r"[Ff]orgot a comma", "a comma may be missing between two values."),
    (
        r"too many nested|parser stack overflow|too many statically nested",
        "the code is nested too deeply for Python to read.",
    ),
)


def _open_bracket(source: str) -> tuple[str, int] | None:
    """The last bracket that is opened and not closed, with its line."""
    opened: list[tuple[str, int]] = []
    for token in _tokens(source):
        if token.type == tokenize.OP and token.string in _OPENERS:
            opened.append((token.string, token.start[0]))
        elif token.type == tokenize.OP and opened and token.string == _OPENERS[opened[-1][0]]:
            opened.pop()
    return opened[-1] if opened else None


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(StringIO(source[:16_384]).readline)
    except (tokenize.TokenError, SyntaxError):  # the tokens before the fault are what we wanted
        return
