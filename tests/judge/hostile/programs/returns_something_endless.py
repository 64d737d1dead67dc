#: verdict: wrong_answer
#: call: f

def f(numbers):
    numbers.append(numbers)
    return {"again": numbers}
