#: verdict: wrong_answer
#: call: f
#: why: a dict that looks like the wire form is a dict

def f(numbers):
    return {"t": "tuple", "v": sorted(numbers)}
