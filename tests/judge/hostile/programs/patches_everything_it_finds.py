#: verdict: passed
#: expect: done

import builtins
import collections
import io
import json
import os
import random
import sys

print("done")
sys.stdout.flush()
for module in (json, os, random, collections, io):
    for name in list(vars(module)):
        if not name.startswith("__") and name not in ("write", "_exit"):
            setattr(module, name, None)
for name in ("print", "len", "sorted", "open", "sum"):
    setattr(builtins, name, None)
int.__name__.__class__
sys.path.clear()
sys.modules.clear()
