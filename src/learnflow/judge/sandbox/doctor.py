"""Every tier tried, one after the other, whatever may be judged with."""

from learnflow.judge.sandbox.pool import ForkerPool
from learnflow.judge.sandbox.tier import JudgeUnavailable, Tier, TierReport, TierState


async def probe() -> TierReport:
    """What this machine offers. Starts a sandbox of each tier and lets a program in it try what it must not be able to
    do. `tier` is the strongest one that isolates."""
    states: list[TierState] = []
    for tier in Tier:
        pool = ForkerPool(1, only=tier)
        try:
            await pool.start()
        except JudgeUnavailable:
            states += pool.tier.tiers
        else:
            states += pool.tier.tiers
            await pool.close()
    offered = [state.tier for state in states if state.offered and state.tier is not Tier.none]
    return TierReport.of(states, offered[0] if offered else None, Tier.full)
