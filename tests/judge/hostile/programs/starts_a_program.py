#: verdict: forbidden

import subprocess

print(subprocess.run(["/bin/ls", "/"], capture_output=True).stdout)
