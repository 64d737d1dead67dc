#: verdict: wrong_answer

print("\x1b]0;owned\x07\x1b[2J\x9b31m\0\r\x08\u2028\ud7ff\N{RIGHT-TO-LEFT OVERRIDE}" * 500)
