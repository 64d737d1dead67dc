#: verdict: time_limit

# No bytecode boundary is reached: nothing inside the interpreter could interrupt this.
print(sum(range(10**12)))
