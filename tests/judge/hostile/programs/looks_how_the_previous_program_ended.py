#: verdict: passed
#: expect: nothing
#: why: time, memory and exit status of the job before are a message to this one

import gc
import resource
import sys

found = []
frame = sys._getframe()
while frame is not None:
    found += [name for name in frame.f_locals if name in ("usage", "status", "exit", "cpu_ms", "memory_kb")]
    found += [name for name, value in frame.f_locals.items() if isinstance(value, resource.struct_rusage)]
    frame = frame.f_back
found += [item for item in gc.get_objects() if isinstance(item, resource.struct_rusage)]
if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss:
    found.append("children")
print(found or "nothing")
