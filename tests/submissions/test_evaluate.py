"""A teacher's own score and words."""

import httpx
import pytest

from learnflow.accounts.access import Caller, Role
from learnflow.events.catalog import SubmissionEvaluated
from learnflow.submissions import evaluate as evaluation
from learnflow.submissions.schemas import EvaluationRequest
from tests.submissions.conftest import WRONG, School
from tests.support.exercises import events_of_type
from tests.support.people import Person


async def evaluate(school: School, submission_id: int, *, by: Person, **said: object) -> httpx.Response:
    return await school.client.put(f"/api/submissions/{submission_id}/evaluate", json=said, headers=by.headers)


async def test_a_teachers_score_is_shown_and_the_judges_kept(judging_school: School) -> None:
    school = judging_school
    handed_in = (await school.hand_in(WRONG, wait=20)).json()
    answer = await evaluate(school, handed_in["id"], by=school.teacher, score=70, feedback="Nearly there.")
    assert answer.status_code == 200
    seen = (await school.get(str(handed_in["id"]))).json()
    assert (seen["score"], seen["feedback"], seen["status"]) == (70, "Nearly there.", "failed")
    assert (seen["judged_score"], seen["judged_feedback"]) == (50, handed_in["feedback"])
    assert seen["evaluation"]["evaluated_by"] == school.teacher.id
    assert seen["evaluation"]["evaluated_at"] > handed_in["graded_at"]


async def test_an_evaluation_is_told_as_an_event_in_its_own_transaction(judging_school: School) -> None:
    school = judging_school
    handed_in = (await school.hand_in(WRONG, wait=20)).json()
    teacher = Caller(Role.teacher, id=school.teacher.id)
    database = school.app.state.database
    async with database.write() as session:
        await evaluation.evaluate(session, teacher, handed_in["id"], EvaluationRequest(score=90))
        await session.rollback()
    async with database.write() as session:
        await evaluation.evaluate(session, teacher, handed_in["id"], EvaluationRequest(score=0))
    [told] = await events_of_type(database, SubmissionEvaluated.type)
    assert (told["score"], told["evaluated_by"]) == (0, school.teacher.id)
    seen = (await school.get(str(handed_in["id"]))).json()
    assert (seen["score"], seen["evaluation"]["feedback"]) == (0, "")
    assert seen["feedback"] == handed_in["feedback"], "without words of the teacher's the judge's stand"


async def test_evaluating_before_the_verdict_is_a_conflict(school: School) -> None:
    waiting = (await school.hand_in("x = 1")).json()["id"]
    answer = await evaluate(school, waiting, by=school.teacher, score=10)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_graded_yet")
    assert (await evaluate(school, 999, by=school.teacher, score=10)).status_code == 404


async def test_students_do_not_evaluate(school: School) -> None:
    waiting = (await school.hand_in("x = 1")).json()["id"]
    assert (await evaluate(school, waiting, by=school.student, score=100)).status_code == 403


@pytest.mark.parametrize("score", [-1, 101, "80", 80.5, True, None])
async def test_a_score_is_a_whole_number_from_0_to_100(school: School, score: object) -> None:
    answer = await evaluate(school, 1, by=school.teacher, score=score)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "score")
