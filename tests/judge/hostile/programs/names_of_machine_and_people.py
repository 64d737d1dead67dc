#: verdict: passed
#: expect: nothing
#: why: what the machine is called, who uses it and what runs on it is nobody's business inside

import getpass
import os
import pwd

known = []
for ask in (os.getlogin, getpass.getuser, lambda: pwd.getpwuid(0), lambda: os.listdir("/proc"), pwd.getpwall):
    try:
        if ask() not in ([], ""):
            known.append(str(ask))
    except (OSError, KeyError, ImportError):
        pass
if os.getuid() == 0 or os.geteuid() == 0 or os.getgroups() not in ([], [65534]):
    known.append("privileges")
if any("learnflow" in text.lower() or "{{REPOSITORY}}" in text for pair in os.environ.items() for text in pair):
    known.append(str(os.environ))
print(known or "nothing")
