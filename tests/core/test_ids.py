"""An id in a path is an integer from 1 to 2^63-1, written in one way only."""

import httpx
import pytest

from learnflow.core.ids import LARGEST_ID

NO_IDS = [
    "0", "-1", "-0", str(LARGEST_ID + 1), "9" * 5000, "1.0", "1e0", "01", "+1", "%2B1", "1_0", "0x1", "%201", "1%0a",
    "1%00", "%00", "x", "nan", "%EF%BC%91", "%D9%A3",
]  # fmt: skip


@pytest.mark.parametrize("id_", NO_IDS)
async def test_anything_but_an_integer_in_digits_is_refused(client: httpx.AsyncClient, id_: str) -> None:
    answer = await client.get(f"/api/exercises/{id_}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "exercise_id"


async def test_the_largest_id_is_one(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/exercises/{LARGEST_ID}")).status_code == 404


async def test_the_openapi_document_tells_the_bounds(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    (parameter,) = document["paths"]["/api/exercises/{exercise_id}"]["get"]["parameters"]
    assert parameter["schema"]["type"] == "integer"
    assert (parameter["schema"]["minimum"], parameter["schema"]["maximum"]) == (1, LARGEST_ID)
