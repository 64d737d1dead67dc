"""Waiting for a pool of forkers to come to rest."""

from learnflow.judge import ForkerPool
from learnflow.judge.sandbox.forkers import SPARES, Forker
from tests.support.waiting import eventually


async def stocked_up(pool: ForkerPool) -> None:
    """Until every forker has all its spares: only then are processes and descriptors the same as before."""

    async def all_there() -> bool:
        forkers = [forker for forker in pool.forkers if isinstance(forker, Forker)]
        spares = [spare for forker in forkers for spare in forker._spares]
        return len(spares) == SPARES * len(forkers) and all(spare.ready.done() for spare in spares)

    await eventually(all_there)
