#: verdict: wrong_answer output_limit

import threading


def chatter():
    while True:
        print("still here", flush=True)


threading.Thread(target=chatter, daemon=True).start()
