#: verdict: runtime_error
#: why: line, text and place of the error are claims

raise SyntaxError("made by hand", ("/etc/passwd", -(2**70), 2**70, "\ud800\0" * 1000, -1, -1))
