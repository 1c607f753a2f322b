"""The examples of the documentation, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from qtwin.projects.models import Project

DOCS = Path(__file__).parents[2] / "docs"
STEP = re.compile(r"^(GET|POST) (\S+) ?(\{.*\})?\n(\d{3}) (\{.*\})$", re.MULTILINE)


@pytest.mark.parametrize("page", ["provenance.md", "imports.md"])
def test_the_example_answers_as_it_says(
    page: str, api: APIClient, project: Project, work: Callable[[], None]
) -> None:
    (example,) = re.findall(r"```http\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    steps, job = STEP.findall(example), ""
    assert len(steps) * 2 == len(example.strip().splitlines())
    for method, path, body, status, expected in steps:
        address = "/api/v1" + path.format(project=project.pk, job=job)
        send = getattr(api, method.lower())
        answer = send(address, json.loads(body), format="json") if body else send(address)
        assert answer.status_code == int(status), answer.content
        said, wanted = answer.json(), json.loads(expected)
        assert {name: said[name] for name in wanted} == wanted, path
        job = said.get("id", job)
        work()
