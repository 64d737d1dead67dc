#: verdict: wrong_answer runtime_error forbidden

import os

print(os.system("id > hostile; cat /etc/passwd"))
