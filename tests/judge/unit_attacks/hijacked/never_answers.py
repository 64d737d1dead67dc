time.sleep(9)
