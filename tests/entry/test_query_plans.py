"""No request reads through a table that grows with what students do: every statement finds its rows by an index."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text

from learnflow.core.database import Base, Database
from learnflow.grading.queue import claim, free
from tests.contract.matrix import MATRIX, Row
from tests.contract.world import World, school

Sent = dict[str, Any]
"""Statement → the parameters it was last sent with."""

BOUNDED = {"exercises", "exercise_versions", "judging_queue", "outbox", "relay_lease"}
"""The catalogue, the queue (LEARNFLOW_QUEUE_LIMIT), and what the relay empties."""
GROWING = set(Base.metadata.tables) - BOUNDED
READ_FROM_ITS_END = {"system_events"}  # the newest page, in the order of the primary key


@contextmanager
def statements_with_parameters(database: Database) -> Iterator[Sent]:
    sent: Sent = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if re.match(r"SELECT|UPDATE|DELETE|WITH|INSERT INTO judging_queue", statement):
            sent[statement] = parameters[0] if many else parameters

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def plan_of(database: Database, statement: str, parameters: Any, kind: str, *, as_it_is: bool = False) -> str:
    """How the database would carry out a statement. `as_it_is`: the tables are as large as they need to be."""
    async with database.connect() as connection:
        if kind == "postgresql" and not as_it_is:
            # The tables of a test are too small for an index to pay; without this way out only a missing one shows.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        how = "EXPLAIN QUERY PLAN" if kind == "sqlite" else "EXPLAIN"
        rows = await connection.exec_driver_sql(f"{how} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in rows)


def read_through(plan: str) -> set[str]:
    """The tables that a plan reads from one end to the other."""
    whole = set(re.findall(r"(?m)^SCAN (\w+)|Seq Scan on (\w+)", plan))
    by_order = set(re.findall(r"(?m)^SCAN (\w+) USING (?:COVERING )?INDEX", plan))
    tables = {first or second for first, second in whole}
    return (tables & GROWING) - (READ_FROM_ITS_END & by_order)


async def ask_everything(world: World, caller: str) -> None:
    """Every route once, those that only read before those that change what they find."""
    for (method, path), row in sorted(MATRIX.items(), key=lambda item: (item[0][0] != "GET", item[0])):
        await ask(world, method, path, row, caller)


async def ask(world: World, method: str, path: str, row: Row, caller: str) -> None:
    headers = {**row.headers, **await world.headers(caller)}
    address = path.format(**row.path(world)) + row.query
    answer = await world.client.request(method, address, headers=headers, json=row.body(world))
    assert answer.status_code < 500, f"{method} {path}: {answer.text}"


@pytest.mark.parametrize("caller", ["student", "admin"])
async def test_every_statement_of_every_route_finds_its_rows_by_an_index(
    app: FastAPI, database: Database, server_kind: str, caller: str
) -> None:
    world = await school(app)
    with statements_with_parameters(app.state.database) as sent:
        await ask_everything(world, caller)
        for period in ("all", "month"):
            await world.client.get(f"/api/analytics/leaderboard?period={period}", headers=world.owner.headers)
        async with app.state.database.write() as session:
            await free(session, at_most=1)
            await claim(session, "a grader", timedelta(seconds=30))
            await claim(session, "a grader", timedelta(seconds=30), not_of=1)
    plans = {statement: await plan_of(database, statement, values, server_kind) for statement, values in sent.items()}
    assert len(plans) > 20
    assert [f"{read_through(plan)}: {statement}" for statement, plan in plans.items() if read_through(plan)] == []
