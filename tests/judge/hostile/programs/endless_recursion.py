#: verdict: runtime_error

def down():
    return down()


down()
