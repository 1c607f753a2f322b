"""A world of a single qubit, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.projects.models import Project
from tests.integration.worlds import PULSE, work


@pytest.fixture
def post(api: APIClient) -> Callable[..., dict[str, Any]]:
    def send(path: str, body: object, status: int = 202) -> dict[str, Any]:
        answer = api.post(f"/api/v1/{path}", body, format="json")
        assert answer.status_code == status, answer.content
        found: dict[str, Any] = answer.json()
        return found

    return send


@pytest.fixture
def get(api: APIClient) -> Callable[[str], dict[str, Any]]:
    def read(path: str) -> dict[str, Any]:
        answer = api.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    return read


@pytest.fixture
def world(project: Project, post: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """One qubit that a pulse is to turn over; nothing was measured."""
    made = post(f"projects/{project.pk}/worlds", {"name": "flip", "document": PULSE})
    assert made["state"] == "queued"
    work()
    return made
