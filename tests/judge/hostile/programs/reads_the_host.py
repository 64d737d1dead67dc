#: verdict: passed
#: expect: nothing

import os

reached = []
for path in (
    "/etc/passwd",
    "/etc/shadow",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/proc/1/environ",
    "/proc/self/environ",
    "/proc/self/mem",
    "/proc/self/maps",
    "/proc/mounts",
    "/sys/kernel/notes",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/sda",
    "/dev/vda",
    "/dev/fuse",
    "/dev/kvm",
    "/dev/tty",
    "/dev/ptmx",
    "/var/run/docker.sock",
    "/run/postgresql/.s.PGSQL.5432",
    "{{OUTSIDE}}/canary",
    "{{REPOSITORY}}/pyproject.toml",
    "{{REPOSITORY}}/src/learnflow/judge/scoring.py",
    "{{REPOSITORY}}/.env",
    "{{REPOSITORY}}/var/learnflow.db",
):
    for way in (path, "/home/student/../.." + path, "/proc/self/root" + path, "/../" + path):
        try:
            os.close(os.open(way, os.O_RDONLY))
            reached.append(way)
        except OSError:
            pass
for folder in ("/", "/etc", "/dev", "/proc", "/root", "/home/..", "{{REPOSITORY}}", "{{OUTSIDE}}", "/tmp", "/usr"):
    try:
        reached += [folder] if os.listdir(folder) else []
    except OSError:
        pass
print(reached or "nothing")
