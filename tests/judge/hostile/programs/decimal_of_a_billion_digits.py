#: verdict: time_limit memory_limit

from decimal import Decimal, getcontext

getcontext().prec = 10**8
print(Decimal(2) ** Decimal("0.5"))
