"""The graders of a process: they find work by themselves, stop without losing any, and say why they can't judge."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from learnflow.core.clock import now
from learnflow.core.config import Settings, Tier
from learnflow.core.database import Database
from learnflow.grading.holders import has_died, new_holder
from learnflow.grading.service import graders
from learnflow.judge.sandbox import reduced
from learnflow.submissions.live import Finished, Live
from learnflow.submissions.models import QueuedWork, Submission
from learnflow.submissions.state import is_final
from tests.grading.support import a_student, handed_in, read
from tests.support.machine import needs_root
from tests.support.waiting import eventually

SLOW = "import time\n\ndef add(a, b):\n    time.sleep(4.5)\n    return a + b\n"


async def test_work_that_nobody_told_of_is_found(database: Database, exercise_id: int) -> None:
    live = Live()
    async with graders(database, live, size=1, lowest_tier=Tier.full) as service:
        assert (service.judging, service.tier) == (True, "full")
        submission_id = await handed_in(database, await a_student(database), exercise_id)
        with live.watch(("submission", submission_id)) as watch:
            while not isinstance(await watch.next(10), Finished):
                pass
    assert (await read(database, submission_id)).status == "passed"


async def test_a_burst_is_judged_once_each_by_two_services(database: Database, exercise_id: int) -> None:
    students = [await a_student(database) for _ in range(3)]
    async with (
        graders(database, Live(), size=1, lowest_tier=Tier.full, poll_seconds=0.05),
        graders(database, Live(), size=1, lowest_tier=Tier.full, poll_seconds=0.05),
    ):
        ids = [await handed_in(database, student, exercise_id) for _ in range(5) for student in students]

        async def all_graded() -> bool:
            async with database.read() as session:
                statuses = (await session.scalars(select(Submission.status))).all()
            return all(map(is_final, statuses))

        await eventually(all_graded)
    for submission_id in ids:
        row = await read(database, submission_id)
        assert (row.status, row.attempt) == ("passed", 1)


async def test_stopping_lets_running_work_finish(database: Database, exercise_id: int) -> None:
    submission_id = await handed_in(database, await a_student(database), exercise_id, SLOW.replace("4.5", "0.5"))
    async with graders(database, Live(), size=1, lowest_tier=Tier.full):
        await eventually(lambda: status_is(database, submission_id, "running"))
    assert (await read(database, submission_id)).status == "passed"


async def test_what_cannot_finish_in_time_is_given_back_without_counting(database: Database, exercise_id: int) -> None:
    submission_id = await handed_in(database, await a_student(database), exercise_id, SLOW)
    async with graders(database, Live(), size=1, lowest_tier=Tier.full, drain_seconds=0.1):
        await eventually(lambda: status_is(database, submission_id, "running"))
    assert (await read(database, submission_id)).status == "queued"
    async with database.read() as session:
        row = (await session.scalars(select(QueuedWork))).one()
    assert (row.attempt, row.leased_by) == (0, None)
    assert row.leased_until is not None
    assert row.leased_until <= now()


async def test_leases_are_renewed_while_the_work_lasts(database: Database, exercise_id: int) -> None:
    """The lease is far shorter than the program; a second service would take it were it not renewed."""
    submission_id = await handed_in(database, await a_student(database), exercise_id, SLOW.replace("4.5", "1.2"))
    service = {"size": 1, "lowest_tier": Tier.full, "lease_seconds": 0.6, "poll_seconds": 0.05}
    async with graders(database, Live(), **service), graders(database, Live(), **service):  # type: ignore[arg-type]
        await eventually(lambda: status_is(database, submission_id, "passed"))
    assert (await read(database, submission_id)).attempt == 1


async def test_where_nothing_can_be_isolated_work_waits_and_the_advice_says_what_mends_it(
    database: Database, exercise_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission_id = await handed_in(database, await a_student(database), exercise_id)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(reduced, "landlock_version", lambda: 0)
    for lowest in (Tier.full, Tier.reduced):
        async with graders(database, Live(), size=1, lowest_tier=lowest, poll_seconds=0.01) as service:
            assert (service.judging, service.tier) == (False, "none")
            assert "bubblewrap is not installed" in service.advice
            assert "LEARNFLOW_JUDGE_LOWEST_TIER=none" in service.advice
        assert (await read(database, submission_id)).status == "queued"


@pytest.mark.parametrize("tier", [Tier.reduced, Tier.none])
async def test_a_weaker_tier_judges_only_when_a_setting_names_it_and_says_so(
    database: Database, exercise_id: int, monkeypatch: pytest.MonkeyPatch, tier: Tier
) -> None:
    if tier is Tier.reduced:
        needs_root("only root can start programs as another user")
    if tier is Tier.none:
        monkeypatch.setattr(reduced, "landlock_version", lambda: 0)
    submission_id = await handed_in(database, await a_student(database), exercise_id)
    monkeypatch.setenv("PATH", "/nonexistent")
    async with graders(database, Live(), size=1, lowest_tier=Tier.full) as service:
        assert not service.judging
        assert f"LEARNFLOW_JUDGE_LOWEST_TIER={tier}" in service.advice
    async with graders(database, Live(), size=1, lowest_tier=tier, modules=["numpy"]) as service:
        assert (service.judging, service.tier) == (True, str(tier))
        assert "bubblewrap is not installed" in service.advice
        await eventually(lambda: status_is(database, submission_id, "passed"))
        told = f"The module numpy can be used in isolation tier full alone; here it is {tier}."
        assert service.modules.faults == [told]
    judged_with = (await read(database, submission_id)).judged_with
    assert judged_with is not None
    assert judged_with["tier"] == tier


async def test_learnflow_grader_judges_and_ends_on_sigterm(
    settings: Settings, database: Database, exercise_id: int
) -> None:
    student = await a_student(database)
    first = await handed_in(database, student, exercise_id)
    process = start_grader(settings)
    try:
        await eventually(lambda: status_is(database, first, "passed"), seconds=20)
        second = await handed_in(database, student, exercise_id, SLOW.replace("4.5", "0.5"))
        await eventually(lambda: status_is(database, second, "running"))
        process.send_signal(signal.SIGTERM)
        asked = now()
        code = await asyncio.to_thread(process.wait, 10)
        assert now() - asked < timedelta(seconds=10)
        assert code == 0
        assert (await read(database, second)).status == "passed"
    finally:
        process.kill()
        process.wait()


def start_grader(settings: Settings) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "LEARNFLOW_DATABASE_URL": settings.database_url,
        "LEARNFLOW_DATA_DIR": str(settings.data_dir),
        "LEARNFLOW_LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, "-m", "learnflow.entry.cli", "grader", "--forkers", "1"], env=environment)


async def status_is(database: Database, submission_id: int, status: str) -> bool:
    return (await read(database, submission_id)).status == status


async def test_what_a_killed_process_held_is_taken_over_at_once(database: Database, exercise_id: int) -> None:
    """A restarted server finds its predecessor dead and does not wait for the lease of 30 s."""
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    held = [await handed_in(database, await a_student(database), exercise_id) for _ in range(2)]
    host = new_holder().rsplit(":", 3)[0]
    gone = f"{host}:{dead.pid}:0123456789ab:0123456789ab"
    alive = f"{host}:{os.getppid()}:0123456789ab:0123456789ab"
    async with database.write() as session:
        for submission_id, holder in zip(held, (gone, alive), strict=True):
            await session.execute(
                update(QueuedWork)
                .where(QueuedWork.submission_id == submission_id)
                .values(leased_by=holder, leased_until=now() + timedelta(hours=1), attempt=1)
            )
    async with graders(database, Live(), size=1, lowest_tier=Tier.full):
        await eventually(lambda: status_is(database, held[0], "passed"))
    assert (await read(database, held[0])).attempt == 2
    assert (await read(database, held[1])).status == "queued"


def test_a_holder_elsewhere_or_in_this_process_is_not_called_dead() -> None:
    mine = new_holder()
    host, pid, _, _ = mine.rsplit(":", 3)
    assert not has_died(mine)
    assert not has_died("some other name")
    assert not has_died(f"elsewhere:{pid}:0123456789ab:0123456789ab")
    assert has_died(f"{host}:{pid}:0123456789ab:0123456789ab"), "an earlier process that had our process id"
    assert not has_died(f"{host}:1:0123456789ab:0123456789ab")
