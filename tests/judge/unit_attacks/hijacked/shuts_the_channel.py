os.close(62)
time.sleep(9)
