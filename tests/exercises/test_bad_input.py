"""What cannot be an exercise is refused with the field named, as problem+json, and nothing is stored."""

import base64
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.support.exercises import exercise
from tests.support.people import Person


def case(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "kind": "call", "input": {"function": "add", "args": [1, 2]}, "expected": 3} | changes


def stdio(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "kind": "stdio", "input": {"stdin": "1\n"}, "expected": {"stdout": "1\n"}} | changes


def unit(test_file: str, *, module: str = "add") -> dict[str, Any]:
    return {"name": "a", "kind": "unit", "input": {"test_file": test_file, "module": module}}


def prop(**inputs: Any) -> dict[str, Any]:
    given = {"function": "add", "generator": "def generate(random, size):\n    return [size, size]\n"} | inputs
    expected = {"check": "def check(args, result):\n    return True\n"}
    return {"name": "a", "kind": "property", "input": given, "expected": expected}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


SENSELESS = [
    ("test_cases[1].input.function", {"test_cases": [case(), case(name="b", input={"function": "no name"})]}),
    ("test_cases[0].input.function", {"test_cases": [case(input={"args": []})]}),
    ("test_cases[0].input.surprise", {"test_cases": [case(input={"function": "add", "surprise": 1})]}),
    ("test_cases[0].input.init", {"test_cases": [case(input={"function": "add", "init": {}})]}),
    ("test_cases[0].input.mutates", {"test_cases": [case(input={"function": "add", "args": [1], "mutates": 1})]}),
    ("test_cases[0].input.mutates", {"test_cases": [case(input={"function": "add", "args": [1], "mutates": 0})]}),
    ("test_cases[0].input.args[0]", {"test_cases": [case(input={"function": "add", "args": [{"$py": "open('x')"}]})]}),
    ("test_cases[0].expected", {"test_cases": [case(expected={"$py": "1 +"})]}),
    ("test_cases[0].expected", {"test_cases": [case(expected={"$py": "{}", "more": 1})]}),
    ("test_cases[0].expected.match", {"test_cases": [case(expected={"raises": "ValueError", "match": "("})]}),
    ("test_cases[0].expected.raises", {"test_cases": [case(expected={"raises": 7})]}),
    ("test_cases[0].expected", {"test_cases": [{"name": "a", "kind": "call", "input": {"function": "add"}}]}),
    ("test_cases[0].expected[0][0][0]", {"test_cases": [case(expected=nested(60))]}),
    ("test_cases[0].expected", {"test_cases": [case(expected="a\0b")]}),
    ("test_cases[0].kind", {"test_cases": [case(kind="quiz")]}),
    ("test_cases[0].input.generator", {"test_cases": [prop(generator="def make(): ...")]}),
    ("test_cases[0].input.generator", {"test_cases": [prop(generator=None)]}),
    ("test_cases[0].input.valid", {"test_cases": [prop(valid="def valid(")]}),
    ("test_cases[0].input.runs", {"test_cases": [prop(runs=501)]}),
    ("test_cases[0].input.function", {"test_cases": [prop(function="a b")]}),
    ("test_cases[0].expected", {"test_cases": [prop() | {"expected": {}}]}),
    ("test_cases[0].expected", {"test_cases": [prop() | {"expected": {"check": "x", "reference": "x"}}]}),
    ("test_cases[0].expected.check", {"test_cases": [prop() | {"expected": {"check": "def check(): ..."}}]}),
    ("test_cases[0].comparison.mode", {"test_cases": [prop() | {"comparison": {"mode": "float"}}]}),
    ("test_cases[0].input.test_file", {"test_cases": [unit("x = 1")]}),
    ("test_cases[0].input.test_file", {"test_cases": [unit("def test_a(:")]}),
    ("test_cases[0].input.test_file", {"test_cases": [unit("import pytest\ndef test_a():\n    pass")]}),
    ("test_cases[0].input.module", {"test_cases": [unit("def test_a():\n    pass", module="math")]}),
    ("test_cases[0].expected", {"test_cases": [unit("def test_a():\n    pass") | {"expected": 3}]}),
    ("test_cases[0].kind", {"test_cases": [case(kind=[])]}),
    ("test_cases[0].comparison.mode", {"test_cases": [case(comparison={"mode": "regex"})]}),
    ("test_cases[0].comparison.mode", {"test_cases": [case(comparison={"mode": "tokens"})]}),
    ("test_cases[0].comparison.mode", {"test_cases": [case(comparison={"mode": "chequer"})]}),
    ("test_cases[0].comparison.code", {"test_cases": [case(comparison={"mode": "checker"})]}),
    ("test_cases[0].comparison.code", {"test_cases": [case(comparison={"mode": "exact", "code": "x"})]}),
    ("test_cases[0].comparison.code", {"test_cases": [case(comparison={"mode": "checker", "code": "def check("})]}),
    ("test_cases[0].expected", {"test_cases": [case(comparison={"mode": "regex"}, expected="(a+)+")]}),
    ("test_cases[0].input.prompts", {"test_cases": [stdio(input={"prompts": "no"})]}),
    ("test_cases[0].comparison.rel", {"test_cases": [case(comparison={"mode": "float", "rel": -1})]}),
    ("test_cases[0].comparison", {"test_cases": [case(comparison={"mode": "exact", "rel": 0.1})]}),
    ("test_cases[0].weight", {"test_cases": [case(weight="1")]}),
    ("test_cases", {"test_cases": [case(weight=0)]}),
    ("test_cases[1].name", {"test_cases": [case(), case()]}),
    ("test_cases[0].name", {"test_cases": [case(name="two\nlines")]}),
    ("test_cases[0].name", {"test_cases": [case(name="x" * 201)]}),
    ("test_cases[0]", {"test_cases": ["add(1, 2) == 3"]}),
    ("test_cases", {"test_cases": {}}),
    ("test_cases", {"test_cases": [case(name=f"case {n}") for n in range(101)]}),
    ("test_cases[0].input.expression", {"test_cases": [case(kind="expression", input={"expression": "1 +"})]}),
    ("test_cases[0].expected", {"test_cases": [stdio(expected={})]}),
    ("test_cases[0].expected", {"test_cases": [stdio(expected="1")]}),
    ("test_cases[0].expected.exit_code", {"test_cases": [stdio(expected={"exit_code": 256})]}),
    ("test_cases[0].input.args[0]", {"test_cases": [stdio(input={"args": [1]})]}),
    ("test_cases[0].input.stdin", {"test_cases": [stdio(input={"stdin": "x" * 300_000})]}),
    ("test_cases[0].input.files.main.py.[key]", {"test_cases": [stdio(input={"files": {"main.py": ""}})]}),
    ("test_cases[0].input.files.../up.[key]", {"test_cases": [stdio(input={"files": {"../up": ""}})]}),
    ("test_cases[0].input.args", {"test_cases": [case(input={"function": "add", "args": {}})]}),
    ("body", {"test_cases": []}),
    ("title", {"title": "   "}),
    ("title", {"title": "x" * 201}),
    ("title", {"title": "a\0b"}),
    ("title", {"title": "a\nb"}),
    ("description", {"description": "a\0b"}),
    ("description", {"description": "x" * 70_000}),
    ("difficulty_level", {"difficulty_level": "hard"}),
    ("language", {"language": "rust"}),
    ("slug", {"slug": "Not A Slug"}),
    ("slug", {"slug": "ends-"}),
    ("starter_code", {"starter_code": "é" * 40_000}),
    ("solution_code", {"solution_code": ""}),
    ("solution_code", {"solution_code": "x" * (64 * 1024 + 1)}),
    ("solution_code", {"solution_code": "a\0b"}),
    ("hints", {"hints": ["hint"] * 21}),
    ("hints[1]", {"hints": ["one", " "]}),
    ("limits.wall_seconds", {"limits": {"wall_seconds": 0}}),
    ("limits.memory_bytes", {"limits": {"memory_bytes": 2**40}}),
    ("limits.processes", {"limits": {"processes": 4}}),
    ("solution_policy", {"solution_policy": "sometimes"}),
    ("owner", {"owner": 1}),
    ("body", {"test_cases": [stdio(name=f"{n}", input={"stdin": "x" * 200_000}) for n in range(3)]}),
]


@pytest.mark.parametrize(
    ("field", "changes"), SENSELESS, ids=[f"{n}-{field}" for n, (field, _) in enumerate(SENSELESS)]
)
async def test_a_definition_that_makes_no_sense_is_refused_even_when_forced(
    client: httpx.AsyncClient, teacher: Person, field: str, changes: dict[str, Any]
) -> None:
    answer = await client.post("/api/exercises/?force=true", json=exercise(**changes), headers=teacher.headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field, answer.text
    assert answer.json()["errors"][0]["message"]
    assert (await client.get("/api/exercises/")).json()["items"] == []


@pytest.mark.parametrize(
    ("test_case", "told"),
    [
        (case(input={"function": "Box.add", "init": [1]}), "test_cases[0].input.init: Give a JSON object."),
        (case(comparison={"mode": "tokens"}), "compares texts, but what is expected is of type int; use exact."),
        (case(comparison={"mode": "unordered"}), "A value of type int has no order to ignore; use exact."),
    ],
)
async def test_what_is_wrong_is_said_in_words_for_teachers(
    client: httpx.AsyncClient, teacher: Person, test_case: dict[str, Any], told: str
) -> None:
    answer = await client.post("/api/exercises/", json=exercise(test_cases=[test_case]), headers=teacher.headers)
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    "raw",
    [
        exercise(title="\ud800"),
        exercise(test_cases=[case(expected="\ud800")]),
        exercise(test_cases=[case(expected=float("nan"))]),
        exercise(test_cases=[case(expected={"\udfff": 1})]),
        exercise(hints=["\udc00"]),
        exercise() | {"\ud800": 1},
    ],
)
async def test_half_surrogates_and_nan_are_refused(client: httpx.AsyncClient, teacher: Person, raw: Any) -> None:
    headers = {**teacher.headers, "Content-Type": "application/json"}
    answer = await client.post("/api/exercises/?force=true", content=json.dumps(raw), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"title": "\xff"}', 400),
        (b"{", 422),
        (b"[]", 422),
        (b"[" * 100_000, 400),
        (b'"' + b"x" * (1024 * 1024) + b'"', 413),
    ],
)
async def test_a_body_that_is_no_exercise_is_refused(
    client: httpx.AsyncClient, teacher: Person, content: bytes, status: int
) -> None:
    headers = {**teacher.headers, "Content-Type": "application/json"}
    answer = await client.post("/api/exercises/", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("wrong", ["0", "-1", str(2**63), "x", "1.5", "%00", "٣x"])
async def test_an_id_is_a_whole_number_from_one(
    client: httpx.AsyncClient, teacher: Person, student: Person, wrong: str
) -> None:
    address = f"/api/exercises/{wrong}"
    staff = {**teacher.headers, "If-Match": "*"}
    answers = [
        await client.get(address),
        await client.put(address, json=exercise(), headers=staff),
        await client.delete(address, headers=staff),
        await client.get(f"{address}/solution", headers=student.headers),
        await client.post(f"{address}/hints/next", headers=student.headers),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert answers[0].json()["errors"][0]["field"] == "exercise_id"


async def test_the_largest_id_is_just_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/exercises/{2**63 - 1}")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsense"},
        {"cursor": base64.urlsafe_b64encode(b'["a"]').decode()},
        {"cursor": base64.urlsafe_b64encode(b"[true]").decode()},
        {"cursor": base64.urlsafe_b64encode(b"[99999999999999999999]").decode()},
        {"cursor": "é"},
        {"cursor": ""},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"status": "done"},
        {"difficulty_level": "hard"},
        {"q": "a\0b"},
        {"q": "x" * 101},
        {"topic": "\0"},
        {"archived": "perhaps"},
    ],
)
async def test_a_query_out_of_bounds_is_refused(client: httpx.AsyncClient, app: FastAPI, query: dict[str, str]) -> None:
    answer = await client.get("/api/exercises/", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(query))
