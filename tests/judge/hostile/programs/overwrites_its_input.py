#: verdict: wrong_answer
#: call: f

def f(numbers):
    numbers.clear()
    numbers.extend([1, 2, 3])
    f.__defaults__ = ([1, 2, 3],)
    return numbers
