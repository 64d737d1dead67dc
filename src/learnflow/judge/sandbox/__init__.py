"""Runs one program where it can do no harm: forkers (pool.py, forkers.py, child.py), how they are started (launch.py,
bubblewrap.py, reduced.py, plain.py), the walls (syscalls.py, cgroups.py), which tier a machine offers (tier.py,
examination.py, doctor.py), whose turn it is (shares.py), modules beside the standard library (modules.py)."""
