#: verdict: runtime_error

print("\ud800\udfff")
