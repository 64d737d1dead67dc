"""Slow programs of one student, really run: another's verdict comes within about one case's wall limit."""

import time

from learnflow.core.config import Tier
from learnflow.core.database import Database
from learnflow.grading.service import graders
from learnflow.submissions.live import Finished, Live
from tests.grading.support import a_student, handed_in, read
from tests.support.exercises import exercise, published_exercise
from tests.support.waiting import eventually

SLOW = "import time\n\ndef add(a, b):\n    time.sleep(2)\n    return a + b\n"
CASE_SECONDS = 2.5  # what a case of these may last by the clock


async def test_twenty_slow_hand_ins_hold_up_another_student_for_one_case(database: Database) -> None:
    two = exercise()["test_cases"]
    cases = [{**two[0], "name": f"case {number}"} for number in range(10)]
    published = await published_exercise(database, test_cases=cases, limits={"wall_seconds": CASE_SECONDS})
    slow, quick = await a_student(database), await a_student(database)
    slow_ids = [await handed_in(database, slow, published.id, SLOW) for _ in range(20)]
    live = Live()
    async with graders(database, live, size=2, lowest_tier=Tier.full, drain_seconds=0.1) as service:
        pool = service.pool
        assert pool is not None

        async def all_forkers_are_taken() -> bool:
            return pool.idle == 0 and await under_way(database, slow_ids) == 3

        await eventually(all_forkers_are_taken)
        begun = time.monotonic()
        for _ in range(2):
            submission_id = await handed_in(database, quick, published.id)
            with live.watch(("submission", submission_id)) as watch:
                live.work_arrived()
                while not isinstance(await watch.next(30), Finished):
                    pass
            took, begun = time.monotonic() - begun, time.monotonic()
            assert (await read(database, submission_id)).status == "passed"
            assert took < 1.7 * CASE_SECONDS  # nearer to one case than to two, however busy the machine is
        assert await under_way(database, slow_ids) == 3, "the last of four workers is kept for others"


async def under_way(database: Database, ids: list[int]) -> int:
    return [(await read(database, submission_id)).status for submission_id in ids].count("running")
