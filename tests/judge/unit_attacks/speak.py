import json, os, struct, sys, time
def write(data): os.write(62, struct.pack("<I", len(data)) + data)
def send(*message): write(json.dumps(message).encode())
def reply(value, changes=[]): send("reply", None, changes, [], [value])
def read(count):
    data = b""
    while len(data) < count:
        part = os.read(62, count - len(data))
        if not part: os._exit(0)
        data += part
    return data
def receive(): return json.loads(read(struct.unpack("<I", read(4))[0]))
def thing(number, cls=900, **more):
    return {"t": "student", "id": number, "k": "object", "c": {"t": "student", "id": cls, "k": "class"}, **more}
def described(name="E", kind=None, operations=(), own=(), standard=(), methods=(), bases=(), module="add"):
    text = lambda parts: {"t": "tuple", "v": list(parts)}
    return text([name, name, module, None, text(bases), text(text(pair) for pair in standard), kind, text(operations),
                 text(own), text(methods), text(thing(800 + n, 901) for n in range(len(methods)))])
def serve(answer, describe):
    # be a module whose `add` gives what `answer` says; every question whether it is equal is answered with yes
    reply(thing(1, 901))
    while True:
        verb, detail, changes, forgotten, wires = receive()
        if verb == "describe": reply(described(operations=CALLABLE) if wires[0]["id"] == 901 else describe)
        elif verb == "get" and detail == "add": reply(thing(2, 901))
        elif verb == "get": reply(answer)
        elif verb == "call": reply(answer)
        elif verb == "equals_anything": reply(False)
        elif verb == "plain": reply(answer)
        elif detail in ("__hash__", "__len__", "__int__", "__index__"): reply(7)
        elif detail in ("__float__",): reply(7.0)
        elif detail in ("__repr__", "__str__"): reply("E")
        else: reply(True)
ALL = ["__call__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__len__", "__sub__",
       "__rsub__", "__float__", "__round__", "__abs__", "__hash__", "__iter__", "__contains__"]
CALLABLE = ["__call__"]
