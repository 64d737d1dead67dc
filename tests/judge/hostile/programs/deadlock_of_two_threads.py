#: verdict: time_limit
#: limits: wall_seconds=1

import threading

one, other = threading.Lock(), threading.Lock()
met = threading.Barrier(2)


def take(first, second):
    with first:
        met.wait()
        with second:
            pass


threads = [threading.Thread(target=take, args=pair) for pair in ((one, other), (other, one))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
