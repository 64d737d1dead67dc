#: verdict: forbidden runtime_error

import multiprocessing

with multiprocessing.Pool(4) as pool:
    print(pool.map(len, ["a", "b"]))
