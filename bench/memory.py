"""How much memory processes have, from the kernel's /proc."""

from pathlib import Path


def proportional_megabytes(pid: int) -> float:
    """Private pages, and this process's share of those that several map."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return int(fields["Pss"].split()[0]) / 1024
