"""The OpenAPI document is valid, and nothing in it was guessed."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from django.test import Client


def test_the_schema_is_valid_and_has_no_warnings(tmp_path: Path) -> None:
    file = tmp_path / "schema.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    assert "/api/v1/projects:import" in file.read_text()


def test_lists_pages_and_refusals_are_described(client: Client) -> None:
    document = client.get("/api/v1/schema", headers={"Accept": "application/json"}).json()
    schemas, paths = document["components"]["schemas"], document["paths"]
    page = schemas["PaginatedJobRowList"]["properties"]
    assert set(page) == {"next", "previous", "results"}
    assert {"cursor", "limit"} <= {p["name"] for p in paths["/api/v1/jobs"]["get"]["parameters"]}
    assert set(schemas["PaginatedMemberRowList"]["properties"]) == {"results"}
    for methods in paths.values():
        for operation in methods.values():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]


def test_an_unknown_address_is_a_problem_whatever_the_method() -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/jobs/no-such-id:cancel")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
