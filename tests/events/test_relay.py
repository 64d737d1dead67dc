"""The relay: every event to every subscriber, in order per key, whatever fails."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.database import Database
from learnflow.core.ids import new_uuid
from learnflow.events import relay as relay_module
from learnflow.events.audit import record_in_audit_log
from learnflow.events.catalog import RoleChanged, StudentSignedIn
from learnflow.events.envelope import Envelope
from learnflow.events.models import OutboxRow, RelayLease, SystemEvent
from learnflow.events.outbox import publish
from learnflow.events.relay import Relay, Subscriber, relay

ANNA, BEN = new_uuid(), new_uuid()


async def tell(database: Database, *numbers: int, key: UUID = ANNA) -> None:
    async with database.write() as session:
        for number in numbers:
            publish(session, StudentSignedIn(student_id=number, session_id=1), subject=f"student/{number}", key=key)
            await session.flush()


async def count(database: Database, table: type[OutboxRow] | type[SystemEvent]) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


class Listener:
    """A subscriber that keeps what it heard, and refuses the subjects in `refuses`."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.refuses: set[str] = set()

    async def __call__(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if envelope.subject in self.refuses:
                raise RuntimeError("refused")
            self.heard.append(envelope.subject)


async def test_events_reach_subscribers_in_order_and_leave_the_outbox(database: Database) -> None:
    listener = Listener()
    await tell(database, 1, 2, 3)
    relaying = Relay(database, [Subscriber(record_in_audit_log), Subscriber(listener)])
    assert await relaying.deliver_batch() == 3
    assert listener.heard == ["student/1", "student/2", "student/3"]
    assert await count(database, OutboxRow) == 0
    assert await count(database, SystemEvent) == 3


async def test_an_event_whose_transaction_fails_is_never_told(database: Database) -> None:
    async def told_then_failed() -> None:
        async with database.write() as session:
            publish(session, RoleChanged(student_id=1, role="admin"), subject="student/1")
            raise LookupError

    with pytest.raises(LookupError):
        await told_then_failed()
    assert not database.announced.is_set()
    assert await count(database, OutboxRow) == 0


async def test_a_savepoint_takes_its_own_events_back_and_no_others(database: Database) -> None:
    def say(session: AsyncSession, number: int) -> None:
        publish(session, StudentSignedIn(student_id=number, session_id=1), subject=f"student/{number}", key=ANNA)

    async def fail(session: AsyncSession, number: int) -> None:
        async with session.begin_nested():
            say(session, number)
            async with session.begin_nested():
                say(session, number + 1)
            session.add(RelayLease(name=f"{number}", holder=None, expires_at=None))

    async def undone(session: AsyncSession, number: int) -> None:
        with pytest.raises(IntegrityError):
            await fail(session, number)

    async with database.write() as session:
        say(session, 1)
        await undone(session, 2)
        async with session.begin_nested():
            say(session, 4)
            await undone(session, 5)
            say(session, 7)
        await undone(session, 8)
        say(session, 10)
    listener = Listener()
    assert await Relay(database, [Subscriber(listener)]).deliver_batch() == 4
    assert listener.heard == [f"student/{number}" for number in (1, 4, 7, 10)]


async def test_a_session_that_goes_on_after_a_rollback_tells_only_what_came_after(database: Database) -> None:
    async with database._writes() as session:
        for number in (1, 2):
            await session.begin()
            publish(session, StudentSignedIn(student_id=number, session_id=1), subject=f"student/{number}", key=ANNA)
            await (session.commit() if number == 2 else session.rollback())
    listener = Listener()
    await Relay(database, [Subscriber(listener)]).deliver_batch()
    assert listener.heard == ["student/2"]


async def test_a_refused_event_is_kept_and_only_its_own_key_waits(database: Database) -> None:
    listener = Listener()
    listener.refuses.add("student/2")
    await tell(database, 1, 2, 3, key=ANNA)
    await tell(database, 4, 5, key=BEN)
    relaying = Relay(database, [Subscriber(record_in_audit_log), Subscriber(listener)])
    assert await relaying.deliver_batch() == 3
    assert sorted(set(listener.heard)) == ["student/1", "student/4", "student/5"]
    assert await count(database, OutboxRow) == 2
    assert await count(database, SystemEvent) == 3
    assert relaying.keys_held == 1
    listener.refuses.clear()
    assert await relaying.deliver_batch() == 0  # its turn has not come yet


async def test_a_refused_event_is_tried_again_and_then_its_key_goes_on_in_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "LONGEST_WAIT_SECONDS", 0.0)
    listener = Listener()
    listener.refuses.add("student/1")
    await tell(database, 1, 2)
    relaying = Relay(database, [Subscriber(listener)])
    assert await relaying.deliver_batch() == 0
    listener.heard.clear()
    listener.refuses.clear()
    assert await relaying.deliver_batch() == 2
    assert listener.heard == ["student/1", "student/2"]
    assert relaying.keys_held == 0


async def test_a_locked_database_is_held_against_no_event(database: Database) -> None:
    async def locked(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    await tell(database, 1)
    await tell(database, 2, key=BEN)
    relaying = Relay(database, [Subscriber(locked)])
    with pytest.raises(OperationalError):
        await relaying.deliver_batch()
    assert relaying.keys_held == 0
    assert await count(database, OutboxRow) == 2


async def test_an_event_that_comes_twice_is_audited_once(database: Database) -> None:
    envelopes: list[Envelope] = []

    async def keep(session: AsyncSession, given: Sequence[Envelope]) -> None:
        envelopes.extend(given)

    await tell(database, 1)
    await Relay(database, [Subscriber(keep), Subscriber(record_in_audit_log)]).deliver_batch()
    async with database.write() as session:
        await record_in_audit_log(session, envelopes)
    assert await count(database, SystemEvent) == 1


async def test_only_one_process_relays_until_it_gives_the_lease_back(database: Database) -> None:
    first, second = Relay(database, []), Relay(database, [])
    await tell(database, 1)
    assert await first.deliver_batch() == 1
    await tell(database, 2)
    assert await second.deliver_batch() == 0
    stop = asyncio.Event()
    stop.set()
    await first.run(stop)
    assert await second.deliver_batch() == 1


async def test_two_relays_at_once_deliver_every_event_once(database: Database, database_url: str) -> None:
    listener = Listener()
    other = Database(database_url, pool_size=2)
    try:
        relays = [Relay(each, [Subscriber(listener)]) for each in (database, other)]
        for number in range(10):
            await tell(database, number)
            await asyncio.gather(*(each.deliver_batch() for each in relays))
        assert listener.heard == [f"student/{number}" for number in range(10)]
    finally:
        await other.close()


async def test_a_commit_wakes_the_relay_before_it_would_look_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "POLL_SECONDS", 60.0)
    heard = asyncio.Event()

    async def hear(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        heard.set()

    async with asyncio.timeout(20), relay(database, [Subscriber(hear)]):
        await tell(database, 1)
        await heard.wait()


async def test_what_another_process_wrote_is_found_by_looking(database: Database, database_url: str) -> None:
    heard = asyncio.Event()

    async def hear(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        heard.set()

    other = Database(database_url, pool_size=1)
    try:
        async with asyncio.timeout(20), relay(database, [Subscriber(hear)]) as running:
            await tell(other, 1)
            await heard.wait()
            assert running.is_alive
    finally:
        await other.close()


async def test_a_subscriber_by_type_has_a_transaction_for_each_event(database: Database) -> None:
    sessions: list[AsyncSession] = []

    async def keep(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        sessions.append(session)

    await tell(database, 1, 2)
    await Relay(database, [Subscriber(keep, frozenset({StudentSignedIn.type}))]).deliver_batch()
    assert len(sessions) == 2
    assert sessions[0] is not sessions[1]
