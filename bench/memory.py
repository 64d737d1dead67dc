"""How much memory processes have, from the kernel. Shares are proportional: of what n processes map, an n-th."""

from pathlib import Path


def proportional_megabytes(pid: int) -> float:
    """Its own pages and its share of those that others map as well."""
    return _kilobytes(pid)["Pss"] / 1024


def anonymous_megabytes(pid: int) -> float:
    """The same without the files it maps, whose share changes with whoever else on the machine maps them."""
    kilobytes = _kilobytes(pid)
    return (kilobytes["Pss_Anon"] + kilobytes["Pss_Shmem"]) / 1024


def _kilobytes(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) for name, value in (line.split(":", 1) for line in lines)}
