"""A person of the soak, who reads lists to their end."""

from __future__ import annotations

import httpx
import pytest

from tests.soak.acts import every
from tests.soak.log import Log
from tests.soak.person import Person

BUSY = httpx.Response(429, headers={"Retry-After": "0"}, json={})
LAST = httpx.Response(200, json={"results": [{"id": 1}], "next": None})


def person(*answers: httpx.Response) -> Person:
    left = iter(answers)
    made = Person.__new__(Person)
    made.project, made.log, made.token = "p", Log(), {"Authorization": "Bearer t"}
    made.http = httpx.Client(
        base_url="http://localhost", transport=httpx.MockTransport(lambda _: next(left))
    )
    return made


def test_whoever_reads_a_whole_list_asks_again_when_told_to_wait() -> None:
    reader = person(BUSY, LAST)
    assert [row["id"] for row in every(reader, "/jobs")] == [1]
    assert reader.log.errors == []


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_looks_at_a_page_calls_it_an_error(status: int) -> None:
    reader = person(httpx.Response(status, text="no"))
    assert reader.ask("GET page of jobs", "/jobs") is None
    assert reader.log.errors == [f"GET page of jobs: {status} no"]
