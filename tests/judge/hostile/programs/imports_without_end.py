#: verdict: runtime_error
#: reduced: forbidden
#: why: a module of its own that imports itself anew each time

import importlib
import pathlib
import sys

sys.path.insert(0, ".")
pathlib.Path("again.py").write_text("import sys, importlib; del sys.modules['again']; importlib.import_module('again')")
importlib.import_module("again")
