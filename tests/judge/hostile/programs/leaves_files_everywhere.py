#: verdict: passed
#: expect: done
#: why: the next job looks into its home and finds nothing

for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/dev", "/home", "/", "/judge", "{{OUTSIDE}}"):
    try:
        with open(f"{place}/hostile-left-behind", "w") as file:
            file.write("left behind")
    except OSError:
        pass
print("done")
