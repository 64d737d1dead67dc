#: verdict: passed
#: reduced: forbidden
#: expect: done
#: why: a file of its own called json.py is the student's affair and changes nothing but their program

for name in ("json", "os", "atexit", "encoder", "harness", "learnflow", "sitecustomize", "random"):
    with open(f"{name}.py", "w") as file:
        file.write("import os\nos._exit(0)\n")
print("done")
