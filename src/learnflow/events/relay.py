"""The relay: takes events from the outbox to subscribers, after the transaction that wrote them has committed.

What is promised, and how:

- At least once. Subscribers run in the transaction that deletes the row, so for one that only writes to this database
  it is exactly once. One with an effect elsewhere may see an event again and has to know it by its `event_id`.
- In order per key (a student's `user_id`). Rows go in the order of their ids. One process relays at a time: each
  transaction begins by renewing the lease's row, which holds off everybody else until it ends. Two transactions that
  wrote events of one key at the same moment have no order to keep.
- No row is skipped. There is no "last id relayed": whatever is in the outbox is still to do, however late it committed.
- One bad event stops its own key and no other. When a subscriber raises, its transaction is rolled back and the event
  stays; it is tried again after 1, 2, 4 … at most 60 seconds, for ever, and logged each time. The key's later events
  wait behind it, for order is the promise; all other keys go on. What waits shows in /health/ready and /metrics.
- SQLite's single writer is never held for long: a transaction takes at most `BATCH` events, and an event that a
  subscriber asked for by its type has a transaction of its own. The latter also keeps a subscriber that locks one
  student's rows from ever locking two students' (the order of locks in `progress.record`).

The announcement of a commit only wakes the relay early; looking every `POLL_SECONDS` is what guarantees progress.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from prometheus_client import Counter
from sqlalchemy import CursorResult, bindparam, delete, or_, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.core.context import act_as_system
from learnflow.core.database import Database, insert_or_ignore, table_of
from learnflow.core.ids import new_uuid
from learnflow.core.logging import get_logger
from learnflow.events.envelope import Envelope, envelope_of
from learnflow.events.models import OutboxRow, RelayLease

BATCH = 200
POLL_SECONDS = 1.0
GATHER_SECONDS = 0.1
"""After an announcement, to take the events of transactions that commit together in one transaction of ours."""
LEASE = timedelta(seconds=10)
LEASE_NAME = "outbox"
STOP_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 60.0
MOST_KEYS_HELD = 500
"""Past this many failing keys it is not the events that are at fault; the relay then pauses as a whole."""
STALLED_AFTER_SECONDS = 15.0

RELAYED = Counter("learnflow_events_relayed_total", "Events taken from the outbox to every subscriber.")
log = get_logger(__name__)

_OUTBOX, _LEASES = table_of(OutboxRow), table_of(RelayLease)
_DUE = select(_OUTBOX).order_by(_OUTBOX.c.id).limit(BATCH)
_DUE_BUT = _DUE.where(_OUTBOX.c.key.not_in(bindparam("waiting", expanding=True)))
_DELETE = delete(_OUTBOX).where(_OUTBOX.c.id.in_(bindparam("ids", expanding=True)))
_AT = bindparam("moment", type_=_LEASES.c.expires_at.type)
_RENEW = (
    update(_LEASES)
    .where(_LEASES.c.name == LEASE_NAME, or_(_LEASES.c.holder == bindparam("relay"), _LEASES.c.expires_at < _AT))
    .values(holder=bindparam("relay"), expires_at=bindparam("until", type_=_LEASES.c.expires_at.type))
)

_Row = tuple[int, Envelope]
"""An event with its id in the outbox."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`handle` receives events, in their order, in the transaction that removes them from the outbox.

    With `types` it receives only those, each in a transaction of its own; without, it receives every event and must
    not lock rows that requests lock too.
    """

    handle: Callable[[AsyncSession, Sequence[Envelope]], Awaitable[None]]
    types: frozenset[str] | None = None

    def wants(self, envelope: Envelope) -> bool:
        return self.types is None or envelope.type in self.types


@dataclass(slots=True)
class _Held:
    """A key that waits behind an event a subscriber refused; `until` is of the monotonic clock."""

    failures: int
    until: float


class _Overtaken(Exception):
    """Another process relayed some of these events between our reading them and our taking the lease."""


class Relay:
    """The relay of one process; `relay()` runs it."""

    def __init__(self, database: Database, subscribers: Sequence[Subscriber]) -> None:
        self.database = database
        self.subscribers = tuple(subscribers)
        self.name = f"relay-{new_uuid().hex}"
        self._held: dict[str, _Held] = {}
        self._looked_at = time.monotonic()

    @property
    def is_alive(self) -> bool:
        """Whether the outbox was looked at lately without a failure of the database."""
        return time.monotonic() - self._looked_at < STALLED_AFTER_SECONDS

    @property
    def keys_held(self) -> int:
        """Keys whose next event a subscriber refused when it was last tried."""
        return len(self._held)

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until `stopping` is set; a transaction that has begun is finished."""
        act_as_system()
        while not stopping.is_set():
            self.database.announced.clear()
            more = False
            try:
                more = await self.deliver_batch() == BATCH
                self._looked_at = time.monotonic()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("relay_has_no_database", error=type(error).__name__)
            except Exception:  # whatever fails, events written from now on must still be relayed
                log.exception("relay_failed")
            if not more and not stopping.is_set():
                await self._wait(stopping)
        with suppress(SQLAlchemyError, OSError):  # a lease that can't be given back runs out
            await self._give_lease_back()

    async def _wait(self, stopping: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.database.announced.wait(), POLL_SECONDS)
            if not stopping.is_set():
                await asyncio.sleep(GATHER_SECONDS)

    async def deliver_batch(self) -> int:
        """Deliver up to `BATCH` events; returns how many left the outbox: 0 while another process relays."""
        delivered = 0
        refused: set[str] = set()
        for run in _runs(await self._due(), self.subscribers):
            done = await self._deliver_or_hold(run, refused)
            if done is None:
                break
            delivered += done
        return delivered

    async def _due(self) -> list[_Row]:
        moment = time.monotonic()
        waiting = [key for key, held in self._held.items() if held.until > moment]
        if len(waiting) >= MOST_KEYS_HELD:
            return []
        async with self.database.read() as session:
            rows = await session.execute(_DUE_BUT if waiting else _DUE, {"waiting": waiting} if waiting else {})
            return [(row.id, envelope_of(row)) for row in rows]

    async def _deliver_or_hold(self, run: Sequence[_Row], refused: set[str]) -> int | None:
        """Deliver in one transaction, or failing that one by one; the keys of events refused are added to `refused`.

        Those keys are done with for this batch, however short their wait: what follows in it must not overtake.
        """
        ready = [row for row in run if row[1].key not in refused]
        try:
            return await self._deliver(ready)
        except Exception as error:  # a subscriber may raise anything; the event stays and is tried again
            if _is_the_databases(error):
                raise
            if len(ready) == 1:
                self._hold(ready[0][1], error)
                refused.add(ready[0][1].key)
                return 0
        delivered = 0
        for row in ready:
            done = await self._deliver_or_hold([row], refused)
            if done is None:
                return None
            delivered += done
        return delivered

    async def _deliver(self, rows: Sequence[_Row]) -> int | None:
        """Run the subscribers and remove the rows, together. None, and nothing done, when another process relays."""
        if not rows:
            return 0
        try:
            async with self.database.write() as session:
                if not await self._hold_lease(session):
                    return None
                gone = await session.execute(_DELETE, {"ids": [number for number, _ in rows]})
                if cast("CursorResult[Any]", gone).rowcount != len(rows):
                    raise _Overtaken
                for subscriber in self.subscribers:
                    wanted = [envelope for _, envelope in rows if subscriber.wants(envelope)]
                    if wanted:
                        await subscriber.handle(session, wanted)
        except _Overtaken:
            return None
        for _, envelope in rows:
            self._held.pop(envelope.key, None)
        RELAYED.inc(len(rows))
        return len(rows)

    def _hold(self, envelope: Envelope, error: Exception) -> None:
        before = self._held.get(envelope.key)
        failures = before.failures + 1 if before else 1
        wait = min(LONGEST_WAIT_SECONDS, 2.0 ** min(failures - 1, 10))
        self._held[envelope.key] = _Held(failures, time.monotonic() + wait)
        log.error(
            "event_refused",
            event_id=str(envelope.event_id),
            type=envelope.type,
            subject=envelope.subject,
            failures=failures,
            next_try_seconds=wait,
            exc_info=error,
        )

    async def _hold_lease(self, session: AsyncSession) -> bool:
        """Take or renew the lease; its row stays locked until the transaction ends."""
        moment = now()
        mine = {"relay": self.name, "moment": moment, "until": moment + LEASE}
        renewed = await session.execute(_RENEW, mine)
        if cast("CursorResult[Any]", renewed).rowcount:
            return True
        first = await session.execute(
            insert_or_ignore(session, RelayLease, conflict=["name"]).values(
                name=LEASE_NAME, holder=self.name, expires_at=moment + LEASE
            )
        )
        return bool(cast("CursorResult[Any]", first).rowcount)

    async def _give_lease_back(self) -> None:
        async with self.database.write() as session:
            await session.execute(
                update(RelayLease)
                .where(RelayLease.name == LEASE_NAME, RelayLease.holder == self.name)
                .values(expires_at=now())
            )


def _is_the_databases(error: Exception) -> bool:
    """Gone, locked, full or without a free connection: no event's fault, and no better with the next event."""
    if isinstance(error, OSError | OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _runs(rows: Sequence[_Row], subscribers: Sequence[Subscriber]) -> Iterator[list[_Row]]:
    """Cut rows into what one transaction takes: many that nobody asked for by type, or one that somebody did."""
    run: list[_Row] = []
    for row in rows:
        if any(each.types is not None and each.wants(row[1]) for each in subscribers):
            if run:
                yield run
            yield [row]
            run = []
        else:
            run.append(row)
    if run:
        yield run


@asynccontextmanager
async def relay(database: Database, subscribers: Sequence[Subscriber]) -> AsyncIterator[Relay]:
    """A running relay; leaving the block ends it, letting a transaction that has begun finish."""
    running = Relay(database, subscribers)
    stopping = asyncio.Event()
    task = asyncio.create_task(running.run(stopping), name=running.name)
    try:
        yield running
    finally:
        stopping.set()
        database.announced.set()
        try:
            await asyncio.wait_for(task, STOP_SECONDS)
        except TimeoutError:
            log.warning("relay_was_cut_off")
