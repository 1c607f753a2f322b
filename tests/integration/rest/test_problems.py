"""Every problem document has the same members, and a type that the documentation explains."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.test import APIClient, APIRequestFactory

import qtwin
from qtwin.config.body_limit import BodyLimit
from qtwin.projects.models import Project
from qtwin.rates.refusal import refuse
from qtwin.rates.rule import Verdict
from qtwin.rest.document import TYPES, URN
from qtwin.rest.problem import not_found, problem_response
from qtwin.waiting.seats import Seats
from tests.docs.fences import blocks

PLATFORM = Path(qtwin.__file__).parent
PAGE = Path(__file__).resolve().parents[3] / "docs" / "problems.md"
ARGUMENTS: dict[str, Any] = {
    "pointer": "/x",
    "detail": "why",
    "limit": 1,
    "code": "own_job",
    "facts": {"a": 1},
    "media_type": "text/csv",
    "method": "PUT",
}


def error_classes() -> Iterator[type[APIException]]:
    for module in walk_packages([str(PLATFORM)], "qtwin."):
        if ".api." in module.name or ".rest." in module.name:
            import_module(module.name)
    found = [APIException]
    while found:
        kind = found.pop()
        found += kind.__subclasses__()
        yield kind


def made(kind: type[APIException]) -> APIException:
    named = inspect.signature(kind).parameters
    return kind(**{name: value for name, value in ARGUMENTS.items() if name in named})


def answered(error: Exception) -> dict[str, Any]:
    request = APIRequestFactory().get("/api/v1/x")
    response = problem_response(error, {"request": request, "view": None})
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(json.dumps(response.data))
    assert body["status"] == response.status_code
    return body


def whole(body: Mapping[str, Any]) -> None:
    assert {"type", "title", "status", "detail", "instance", "errors"} <= set(body)
    assert body["type"].removeprefix(URN) in TYPES
    assert body["title"] != "Request failed"
    assert body["detail"]
    assert body["errors"]
    for error in body["errors"]:
        assert set(error) == {"pointer", "code", "detail"}
        assert re.fullmatch(r"(/.*|\?.+|[A-Z][A-Za-z-]+)?", error["pointer"])


def test_every_class_of_error_becomes_a_whole_document() -> None:
    kinds = list(error_classes())
    assert len(kinds) > 15
    for kind in kinds:
        whole(answered(made(kind)))


@pytest.mark.parametrize("error", [Http404(), PermissionDenied(), ValueError("of ours")])
def test_what_is_no_error_of_the_api_becomes_one(error: Exception) -> None:
    body = answered(error)
    whole(body)
    assert "of ours" not in json.dumps(body)


def test_each_wrong_field_has_its_pointer() -> None:
    error = ValidationError({"a": [{}, {"b": [ErrorDetail("no", code="required")]}], "c": ["bad"]})
    body = answered(error)
    whole(body)
    assert [one["pointer"] for one in body["errors"]] == ["/a/1/b", "/c"]


def test_gates_before_the_application_answer_alike() -> None:
    sent: list[Mapping[str, Any]] = []

    async def send(event: Mapping[str, Any]) -> None:
        sent.append(event)

    async def run() -> None:
        limit = BodyLimit(None, 1)  # type: ignore[arg-type]  # is not reached
        head = {"type": "http", "path": "/x", "headers": [(b"content-length", b"2")]}
        await limit(head, None, send)  # type: ignore[arg-type]  # is not read
        await refuse(send, "/api/v1/x", [], Verdict(1, ()))
        await Seats(0).refusal("/x").send(send)

    async_to_sync(run)()
    bodies = [json.loads(event["body"]) for event in sent if "body" in event]
    bodies.append(json.loads(not_found(APIRequestFactory().get("/api/v1/x")).content))
    assert [body["status"] for body in bodies] == [413, 429, 429, 404]
    for body in bodies:
        whole(body)


def test_every_refusal_in_the_source_has_a_type_of_its_own() -> None:
    found = {
        str(value.value)
        for text in (file.read_text(encoding="utf-8") for file in PLATFORM.rglob("*.py"))
        if "Refused(" in text
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "").endswith("Refused")
        for value in [
            *call.args[2:3],
            *(one.value for one in call.keywords if one.arg == "code"),
        ]
        if isinstance(value, ast.Constant)
    }
    assert "own_job" in found
    assert "no_budget" in found
    assert found - TYPES == set()


def test_the_example_of_the_documentation_is_what_is_answered(
    api: APIClient, project: Project
) -> None:
    (block,) = blocks("problems.md", "json")
    body = {"source": "fci", "points": [9.0]}
    answer = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json").json()
    answer["instance"] = answer["instance"].replace(str(project.pk), "…")
    assert json.loads(block) == answer


def test_the_documentation_explains_each_type_and_no_other() -> None:
    heads = re.findall(r"^### (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(heads) == sorted(TYPES)
