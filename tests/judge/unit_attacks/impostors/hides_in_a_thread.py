import threading, os, time
def work():
    while True: time.sleep(0.001)
threading.Thread(target=work).start()
def add(a, b):
    return 0
