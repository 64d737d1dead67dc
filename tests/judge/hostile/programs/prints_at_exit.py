#: verdict: wrong_answer
#: expect: done

import atexit

atexit.register(print, "and more")
print("done")
