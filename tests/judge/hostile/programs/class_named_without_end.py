#: verdict: runtime_error wrong_answer
#: call: f

def f(numbers):
    return type("X" * 1_000_000 + "\ud800", (), {})()
