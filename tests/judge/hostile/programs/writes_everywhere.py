#: verdict: passed
#: expect: nothing
#: why: without a mount namespace there are folders in which anybody may write, and a file that anybody may change

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
done = []
file, folder = "{{OUTSIDE}}/canary", "{{OUTSIDE}}"
for name, act in {
    "read": lambda: open(file),
    "append": lambda: open(file, "a"),
    "write": lambda: open(file, "r+"),
    "empty by writing": lambda: open(file, "w"),
    "empty by reading": lambda: os.open(file, os.O_RDONLY | os.O_TRUNC),
    "truncate": lambda: os.truncate(file, 1),
    "chmod": lambda: os.chmod(file, 0),
    "chmod the folder": lambda: os.chmod(folder, 0),
    "chown": lambda: os.chown(file, os.getuid(), os.getgid()),
    "utime": lambda: os.utime(file),
    "utime of now": lambda: os.utime(folder, (1, 1)),
    "rename": lambda: os.rename(file, f"{folder}/renamed"),
    "replace": lambda: os.replace(file, "taken"),
    "remove": lambda: os.remove(file),
    "rmdir": lambda: os.rmdir(folder),
    "link": lambda: os.link(file, f"{folder}/linked"),
    "link to home": lambda: os.link(file, "linked"),
    "symlink": lambda: os.symlink("a", f"{folder}/symlink"),
    "setxattr": lambda: os.setxattr(file, "user.x", b"x"),
    "getxattr": lambda: os.getxattr(file, "user.x"),
    "tmpfile": lambda: os.open(folder, os.O_TMPFILE | os.O_RDWR),
    "through a descriptor": lambda: os.open(f"/proc/self/fd/{os.open(file, os.O_PATH)}", os.O_RDWR),
    "from a descriptor": lambda: os.link(f"/proc/self/fd/{os.open(file, os.O_PATH)}", f"{folder}/x"),
    "list": lambda: os.listdir(folder),
}.items():
    try:
        act()
        done.append(name)
    except OSError:
        pass
for where in (folder, "/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/dev/mqueue", "..", "/home"):
    for name, act in {
        "create": lambda: open(f"{where}/hostile", "x"),
        "mkdir": lambda: os.mkdir(f"{where}/hostile"),
        "mkfifo": lambda: os.mkfifo(f"{where}/hostile"),
        "mknod": lambda: os.mknod(f"{where}/hostile"),
    }.items():
        try:
            act()
            done.append(f"{name} in {where}")
        except OSError:
            pass
if platform.machine() == "x86_64":
    path = file.encode()
    for name, call in {
        "fallocate": (285, os.open(path, os.O_PATH) if os.path.exists(path) else -1, 0, 0, 100),
        "creat": (85, path, 0o666),
        "openat2": (437, -100, path, (ctypes.c_ulong * 3)(os.O_RDWR, 0, 0), 24),
        "utime": (132, path, 0),
        "utimes": (235, path, 0),
        "futimesat": (261, -100, path, 0),
        "fchmodat2": (452, -100, path, 0o777, 0),
        "lchown": (94, path, os.getuid(), os.getgid()),
        "swap": (316, -100, path, -100, b".", 2),
    }.items():
        if libc.syscall(*call) >= 0:
            done.append(name)
print(done or "nothing")
