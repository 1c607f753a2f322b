"""Measurements and ledgers as files: CSV and Parquet say what JSON says."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from pyarrow import parquet
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.services import measurement_invalidate
from qtwin.projects.models import Budget, LedgerEntry, Period, Project, Unit
from qtwin.projects.services import budget_set
from qtwin.rest import table
from qtwin.waiting.look import Application
from tests.integration.rest.asgi import ask

Measure = Callable[..., Measurement]


@pytest.fixture
def place(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/measurements"


@pytest.fixture
def measured(measure: Measure, user: User) -> list[Measurement]:
    made = [
        measure("hf", 0.7, -1.11, epoch="=1+1"),
        measure("vqe-noisy", 0.9, -1.05, 0.01, shots=1000, knobs={"noise_gain": 3.0}),
        measure("hf", 1.1, -1.0),
    ]
    measurement_invalidate(measurement=made[2], why="wrong", by=user)
    return made


def body(answer: Any) -> bytes:
    content: bytes = b"".join(answer.streaming_content)
    return content


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode())))


@pytest.mark.parametrize("by_header", [False, True])
def test_a_csv_file_says_what_the_pages_say(
    api: APIClient, place: str, measured: list[Measurement], by_header: bool
) -> None:
    headers = {"Accept": "text/csv"} if by_header else {}
    answer = api.get(place if by_header else f"{place}?format=csv", headers=headers)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    told, pages = rows(answer), api.get(place).json()["results"]
    assert [row["id"] for row in told] == [page["id"] for page in reversed(pages)]
    for row, page in zip(told, reversed(pages), strict=True):
        assert float(row["value"]) == page["value"]
        assert float(row["bond_length"]) == page["point"][0]
        assert json.loads(row["knobs"]) == page["knobs"]
        assert (row["valid"] == "true") is page["valid"]
    assert [row["shots"] for row in told] == ["", "1000", ""]


def test_what_a_spreadsheet_would_take_for_a_formula_is_text(
    api: APIClient, place: str, measured: list[Measurement]
) -> None:
    first = rows(api.get(f"{place}?format=csv"))[0]
    assert (first["epoch"], first["value"]) == ("'=1+1", "-1.11")


def test_a_parquet_file_has_the_types_of_its_columns(
    api: APIClient, place: str, measured: list[Measurement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "ROWS", 2)  # so that there are several pages
    answer = api.get(place, headers={"Accept": "application/vnd.apache.parquet"})
    found = parquet.read_table(io.BytesIO(body(answer)))
    assert found.column("id").to_pylist() == [str(one.pk) for one in measured]
    assert found.column("value").to_pylist() == [-1.11, -1.05, -1.0]
    assert found.column("shots").to_pylist() == [None, 1000, None]
    assert found.column("valid").to_pylist() == [True, True, False]
    assert found.column("measured_at").to_pylist() == [one.measured_at for one in measured]
    assert found.column("epoch").to_pylist()[0] == "=1+1"  # it is no spreadsheet's


def test_a_server_without_pyarrow_says_so(
    api: APIClient, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = api.get(f"{place}?format=parquet")
    assert (answer.status_code, answer["Content-Type"]) == (501, "application/problem+json")
    assert answer.json()["type"] == "urn:qtwin:problem:not_installed"


def test_files_are_filtered_like_pages(
    api: APIClient, place: str, measured: list[Measurement]
) -> None:
    told = rows(api.get(f"{place}?format=csv&source=hf&valid=true"))
    assert [row["id"] for row in told] == [str(measured[0].pk)]
    for query, pointer in {"format=xlsx": "?format", "format=csv&limit=1": "?limit"}.items():
        refused = api.get(f"{place}?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)


def test_a_jobs_measurements_are_a_file_too(
    api: APIClient, submit: Callable[..., Job], work: Callable[[], None]
) -> None:
    job = submit(source="hf", points=[0.7, 0.9])
    work()
    told = rows(api.get(f"/api/v1/jobs/{job.pk}/measurements?format=csv"))
    assert sorted(row["bond_length"] for row in told) == ["0.7", "0.9"]
    assert {row["job"] for row in told} == {str(job.pk)}


def test_a_ledger_is_a_file(api: APIClient, project: Project, user: User) -> None:
    money: dict[str, Any] = {"unit": Unit.MONEY, "period": Period.TOTAL, "limit": 9, "by": user}
    budget_set(scope=project, per_job=None, **money)
    budget = Budget.objects.get()
    for kind, amount in (("reserve", 2_500_000), ("release", 500_000)):
        LedgerEntry.objects.create(budget=budget, job_id=project.pk, kind=kind, amount=amount)
    place = f"/api/v1/projects/{project.pk}/ledger"
    told = rows(api.get(f"{place}?format=csv"))
    assert [(row["kind"], row["amount"]) for row in told] == [
        ("reserve", "2.5"),
        ("release", "0.5"),
    ]
    assert [row["unit"] for row in rows(api.get(f"{place}?format=csv&kind=release"))] == ["usd"]


def test_a_file_is_sent_as_it_is_read(
    app: Application,
    token: str,
    place: str,
    measured: list[Measurement],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "ROWS", 2)

    async def run() -> list[str]:
        asked = ask(app, f"{place}?format=csv", token)
        assert await asked.begun() == 200
        chunks = [await asked.chunk() for _ in range(3)]
        await asked.task
        return chunks

    chunks = async_to_sync(run)()
    assert chunks[0].startswith("id,source,")
    assert [chunk.count("\r\n") for chunk in chunks] == [1, 2, 1]


def test_jobs_are_a_file_of_all_that_a_filter_finds(
    api: APIClient, submit: Callable[..., Job]
) -> None:
    job = submit(source="hf", points=[0.7, 0.9])
    (told,) = rows(api.get("/api/v1/jobs?format=csv&source=hf"))
    assert (told["id"], told["source"], told["backend"]) == (str(job.pk), "hf", "pyscf")
    assert told["project_name"] == job.project.name
    assert told["points_total"] == str(job.points_total)
    assert rows(api.get("/api/v1/jobs?format=csv&state=held")) == []
