#: verdict: wrong_answer
#: call: f

def f(numbers):
    return [[number] * 100 for number in range(20_000)]
