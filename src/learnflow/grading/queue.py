"""Taking work out of the judging queue: a lease with an attempt number, renewed while it is held, fenced at the end.

Who claims gets the row until the lease ends, and raises `attempt`. A grader that falls silent loses it: another claims
the same row with the next attempt. Should the first one come back, `take_out` finds the row no longer its own, and
nothing of what it has to say is recorded. Leases are compared with the graders' clocks: machines must agree to within
a few seconds.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.submissions.models import QueuedWork, judging_queue


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to finish one row of the queue: exactly one of the two ids of work is set."""

    id: int
    attempt: int
    holder: str
    submission_id: int | None
    execution_id: int | None
    student_id: int
    enqueued_at: datetime


_AT = bindparam("moment", type_=judging_queue.c.leased_until.type)
_IS_FREE = or_(judging_queue.c.leased_until.is_(None), judging_queue.c.leased_until <= _AT)
# FOR UPDATE SKIP LOCKED lets graders on PostgreSQL pass by each other's rows; SQLAlchemy leaves it out on SQLite, where
# the transaction has the only write lock.
_ORDERED = (
    select(judging_queue.c.id)
    .where(_IS_FREE)
    .order_by(judging_queue.c.priority, judging_queue.c.turn, judging_queue.c.id)
)
_NEXT = _ORDERED.limit(1).with_for_update(skip_locked=True)
FIRST_LOOKED_THROUGH = 64
"""How far from the front of the queue other students' work is looked for. Whoever waits has his next piece within one
turn of the front, so that more is only looked through when the others have had 64 turns more already."""
_FRONT = _ORDERED.limit(FIRST_LOOKED_THROUGH).subquery()
_NEXT_OF_OTHERS = _NEXT.where(
    judging_queue.c.id.in_(select(_FRONT.c.id)), judging_queue.c.student_id != bindparam("student")
)
_CLAIM_NAMED = (
    update(judging_queue)
    .values(
        attempt=judging_queue.c.attempt + 1,
        leased_by=bindparam("holder"),
        leased_until=bindparam("until", type_=judging_queue.c.leased_until.type),
    )
    .returning(
        judging_queue.c.id,
        judging_queue.c.attempt,
        judging_queue.c.submission_id,
        judging_queue.c.execution_id,
        judging_queue.c.student_id,
        judging_queue.c.enqueued_at,
    )
)
_CLAIM = _CLAIM_NAMED.where(judging_queue.c.id == _NEXT.scalar_subquery())
_CLAIM_OF_OTHERS = _CLAIM_NAMED.where(judging_queue.c.id == _NEXT_OF_OTHERS.scalar_subquery())
_TAKE_OUT = (
    delete(judging_queue)
    .where(
        judging_queue.c.id == bindparam("claim"),
        judging_queue.c.attempt == bindparam("fence"),
        judging_queue.c.leased_by == bindparam("holder"),
    )
    .returning(judging_queue.c.id)
)


async def claim(session: AsyncSession, holder: str, lease: timedelta, *, not_of: int | None = None) -> Claim | None:
    """Claim what is next and free: by priority, then turn, then arrival. None when nothing is.

    `not_of`: a student whose work is passed over.
    """
    at = now()
    values = {"moment": at, "holder": holder, "until": at + lease}
    statement = _CLAIM
    if not_of is not None:
        statement = _CLAIM_OF_OTHERS
        values["student"] = not_of
    row = (await session.execute(statement, values)).one_or_none()
    if row is None:
        return None
    return Claim(row.id, row.attempt, holder, row.submission_id, row.execution_id, row.student_id, row.enqueued_at)


async def free(session: AsyncSession, *, at_most: int) -> int:
    """How many pieces of work wait for a grader, counted up to `at_most`."""
    some = select(judging_queue.c.id).where(_IS_FREE).limit(at_most).subquery()
    return await session.scalar(select(func.count()).select_from(some), {"moment": now()}) or 0


async def renew(session: AsyncSession, claims: Collection[Claim], lease: timedelta) -> set[Claim]:
    """Prolong the leases; returns the claims that are still their holder's."""
    holder = {claim.holder for claim in claims}
    kept = await session.execute(
        update(QueuedWork)
        .where(
            tuple_(QueuedWork.id, QueuedWork.attempt).in_([(claim.id, claim.attempt) for claim in claims]),
            QueuedWork.leased_by.in_(holder),
        )
        .values(leased_until=now() + lease)
        .returning(QueuedWork.id)
        .execution_options(synchronize_session=False)
    )
    ids = set(kept.scalars())
    return {claim for claim in claims if claim.id in ids}


async def give_back(session: AsyncSession, claim: Claim, *, after: timedelta, counts: bool) -> bool:
    """Free the work for any grader in `after`. `counts`: this was one of its tries. False when it was lost before."""
    freed = await session.execute(
        update(QueuedWork)
        .where(_is_held(claim))
        .values(
            attempt=QueuedWork.attempt if counts else QueuedWork.attempt - 1,
            leased_by=None,
            leased_until=now() + after,
        )
        .returning(QueuedWork.id)
        .execution_options(synchronize_session=False)
    )
    return freed.one_or_none() is not None


async def take_out(session: AsyncSession, claim: Claim) -> bool:
    """Delete the row in the transaction that records the outcome. False: the claim was lost, record nothing."""
    mine = {"claim": claim.id, "fence": claim.attempt, "holder": claim.holder}
    return (await session.execute(_TAKE_OUT, mine)).one_or_none() is not None


def _is_held(claim: Claim) -> ColumnElement[bool]:
    return and_(QueuedWork.id == claim.id, QueuedWork.attempt == claim.attempt, QueuedWork.leased_by == claim.holder)


async def free_what_the_dead_hold(session: AsyncSession, has_died: Callable[[str], bool]) -> int:
    """End the leases of holders that are gone; returns how many. Their tries count, as when a lease ends by itself."""
    is_held = judging_queue.c.leased_until > _AT
    holders = await session.scalars(
        select(judging_queue.c.leased_by).where(is_held, judging_queue.c.leased_by.is_not(None)).distinct(),
        {"moment": now()},
    )
    dead = [holder for holder in holders if has_died(holder)]
    if not dead:
        return 0
    freed = await session.execute(
        update(judging_queue)
        .where(judging_queue.c.leased_by.in_(dead))
        .values(leased_by=None, leased_until=None)
        .returning(judging_queue.c.id)
    )
    return len(freed.all())
