"""The OpenAPI document is valid, and nothing in it was guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from infra.dev.options import ROOT


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the committed document has the integers of SQLite"
)
def test_the_document_is_valid_and_the_committed_one_is_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    made, kept = file.read_text(), (ROOT / "docs" / "openapi.yaml").read_text()
    assert made == kept, "the API changed: make openapi"


def test_lists_pages_and_refusals_are_described(client: Client) -> None:
    document = client.get("/api/v1/schema", headers={"Accept": "application/json"}).json()
    schemas, paths = document["components"]["schemas"], document["paths"]
    page = schemas["PaginatedJobRowList"]["properties"]
    assert set(page) == {"next", "previous", "results"}
    assert {"cursor", "limit"} <= {p["name"] for p in paths["/api/v1/jobs"]["get"]["parameters"]}
    assert set(schemas["PaginatedMemberRowList"]["properties"]) == {"results"}
    assert "304" in paths["/api/v1/jobs/{job_id}"]["get"]["responses"]
    assert "304" not in paths["/api/v1/jobs"]["get"]["responses"]
    for methods in paths.values():
        for operation in methods.values():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/vnd.oai.openapi; charset=utf-8"),
        ("application/json", "application/json"),
    ],
)
def test_a_process_makes_the_document_once_a_format(
    client: Client, monkeypatch: pytest.MonkeyPatch, accept: str, kind: str
) -> None:
    first = client.get("/api/v1/schema", headers={"Accept": accept})
    assert first.headers["Content-Type"] == kind
    monkeypatch.delattr(SchemaGenerator, "get_schema")
    assert client.get("/api/v1/schema", headers={"Accept": accept}).content == first.content


def test_what_is_said_of_a_route_is_its_own(client: Client) -> None:
    document = client.get("/api/v1/schema", headers={"Accept": "application/json"}).json()
    told = [o.get("description") for m in document["paths"].values() for o in m.values()]
    said = [text for text in told if text]
    assert len(said) > 50
    assert max(map(said.count, said)) <= 2, "the docstring of the base of all views?"


def test_an_unknown_address_is_a_problem_whatever_the_method() -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/jobs/no-such-id:cancel")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
