#: verdict: runtime_error
#: call: f

def f(numbers):
    raise SystemExit(0)
