#: verdict: runtime_error

for name in ("/etc/passwd", "../../../etc/shadow", "main.py\nforged", "\x1b[2J", "x" * 100_000):
    try:
        exec(compile("1 / 0", name, "exec"))
    except ZeroDivisionError as error:
        last = error
raise last
