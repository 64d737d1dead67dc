"""What a TypeError means in plain words: by far the most frequent exception, and the one with the most shapes."""

import re


def explain_type_error(message: str) -> str | None:
    if "can only concatenate str" in message or ("+: " in message and "'str'" in message):
        return (
            "text and a number can't be added with +: turn the number into text with str(), or the text into a number "
            "with int()."
        )
    for pattern, sentence in _TYPE_ERRORS:
        found = re.search(pattern, message)
        if found is not None:
            return sentence.format(*found.groups())
    return None


_TYPE_ERRORS = (
    (
        r"'(\w+)' object cannot be interpreted as an integer",
        "a whole number is needed here, not a {0}: use // instead of /, or int(...) around it.",
    ),
    (
        r"int\(\) argument must be .*, not '([^']{1,80})'",
        "int() makes a number of a text, not of a {0}: pick one element, or look at what the value before it is.",
    ),
    (
        r"can only concatenate (list|tuple) \(not \"([^\"]{1,80})\"",
        "only another {0} can be added to a {0}, not a {1}.",
    ),
    (
        r"sequence item (\d+): expected str instance, (\w+) found",
        "join() needs texts only, but element {0} is a {1}: turn each into text with str() first.",
    ),
    (
        r"'in <string>' requires string as left operand, not (\w+)",
        "only a text can be in a text, not a {0}: turn it into text with str() first.",
    ),
    (
        r"bad operand type for (?:unary )?(\S+): '([^']{1,80})'",
        "{0} works on a number, not on a {1}: convert it first.",
    ),
    (
        r"cannot unpack non-iterable (\w+) object",
        "a single {0} can't be spread over several names: there must be as many values on the right of =.",
    ),
    (
        r"(\w+)\(\) takes no arguments",
        "{0}() takes no arguments: does the class lack an __init__, or is its name mistyped?",
    ),
    (
        r"(\w+(?:\.\w+)?)\(\) takes 0 positional arguments but 1 was given",
        "{0}() takes no argument but got one: a method needs self as its first parameter.",
    ),
    (
        r"(\w+)\(\) got multiple values for argument '([^']{1,80})'",
        "{0}() was given {1} twice: once by its place and once by its name.",
    ),
    (
        r"not (?:all|enough) arguments (?:converted during|for) (?:string formatting|format string)",
        "the number of % signs in the text is not the number of values behind it: an f-string is easier.",
    ),
    (r"exceptions must derive from BaseException", 'raise needs an exception, such as raise ValueError("why").'),
    (r"'(\w+)' object is not an iterator", "a {0} can't be used with next(): put iter(...) around it."),
    (
        r"unsupported operand type\(s\) for ([^ :]+).*'NoneType'",
        "one of the values is None, which can't be used with {0} here: does a function forget to return something?",
    ),
    (
        r"unsupported operand type\(s\) for (\S+?):? '([^']{1,80})' and '([^']{1,80})'",
        "{0} does not work between a {1} and a {2}: convert one of them first.",
    ),
    (
        r"'([<>=]+)' not supported between instances of '([^']{1,80})' and '([^']{1,80})'",
        "{0} can't compare a {1} with a {2}: convert one of them first (input() always gives text).",
    ),
    (
        r"'NoneType' object is not (subscriptable|iterable)",
        "this value is None, so there is nothing in it: does a function forget to return something?",
    ),
    (
        r"'([^']{1,80})' object is not callable",
        "a {0} is called like a function: is an operator missing before (, or is a name used twice?",
    ),
    (
        r"'(?:function|method|builtin_function_or_method)' object is not (?:subscriptable|iterable)",
        "this is a function, not its result: call it with parentheses.",
    ),
    (r"'(int|float|bool)' object is not iterable", "a number ({0}) can't be looped over: did you mean range(...)?"),
    (r"'([^']{1,80})' object is not subscriptable", "a {0} has no elements that [ ] could pick."),
    (
        r"(\w+\.\w+)\(\) missing \d+ required positional arguments?: 'self'",
        "{0}() was called on the class: make an object first, with parentheses behind the class's name.",
    ),
    (
        r"(\w+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.{1,200})",
        "{0}() was called without {1}.",
    ),
    (
        r"(\w+)\(\) takes (.{1,60}) positional arguments? but (\d+) (?:was|were) given",
        "{0}() takes {1} argument(s), but it was called with {2} (the object itself counts as one in a method).",
    ),
    (r"(\w+)\(\) got an unexpected keyword argument '([^']{1,80})'", "{0}() has no parameter called {1}."),
    (
        r"(list|tuple|string|str) indices must be integers[^,]*(?:, not '?(\w+))?",
        "the place in a {0} is a whole number, but this is a {1}: use an int, or loop with range(len(...)).",
    ),
    (
        r"'(tuple|str|range|set|int|float)' object does not support item assignment",
        "a {0} can't be changed in place with [ ] =: build a new one.",
    ),
    (
        r"unhashable type: '([^']{1,80})'",
        "a {0} can change, so it can't be a dictionary's key or in a set: use a tuple.",
    ),
    (
        r"can't multiply sequence by non-int of type '([^']{1,80})'",
        "a text or list can be repeated only a whole number of times, not by a {0}: convert it with int() first.",
    ),
    (
        r"object of type '([^']{1,80})' has no len",
        "a {0} has no length: len() is for texts, lists and other collections.",
    ),
    (r"'([^']{1,80})' object is not iterable", "a {0} can't be looped over."),
)
