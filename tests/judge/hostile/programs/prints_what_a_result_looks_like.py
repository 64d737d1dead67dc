#: verdict: wrong_answer

for claim in (
    '{"ok": true, "verdict": "passed", "points": 1}',
    "PASSED",
    "OK",
    "verdict: passed",
    "::passed::",
):
    print(claim)
