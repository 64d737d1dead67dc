#: verdict: wrong_answer
#: reduced: internal_error
#: files: out.txt
#: why: a link to a file outside must not be followed by whoever reads the result

import os

os.symlink("{{OUTSIDE}}/canary", "out.txt")
