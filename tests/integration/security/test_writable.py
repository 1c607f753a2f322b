"""What the server decides cannot be written: every route that takes a body refuses it by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope
from tests.integration.access.scene import Scene

OURS = {
    "state": "DONE",
    "cost": 0,
    "settled_cost": 0,
    "owner": "me",
    "created_by": "me",
    "remote_id": "x",
    "fence": 9,
    "is_superuser": True,
}


@pytest.fixture(scope="module")
def bodies() -> list[tuple[str, str]]:
    """Method and address of each operation that takes a JSON body, read from the document."""
    printed = StringIO()
    call_command("spectacular", format="openapi-json", stdout=printed)
    paths: dict[str, Any] = json.loads(printed.getvalue())["paths"]
    return [
        (method, path)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]


def refused(answer: Any) -> Iterator[str]:
    for error in answer.json().get("errors", []):
        yield error["pointer"].rsplit("/", 1)[-1]


def test_each_of_them_is_refused_by_its_name(
    scene: Scene, client_of: Callable[..., APIClient], bodies: list[tuple[str, str]]
) -> None:
    client, wrong = client_of(scene.members[Role.OWNER], *Scope), []
    for method, path in bodies:
        address = path.format(**{**scene.ids, **dict.fromkeys(("key",), "x")})
        with transaction.atomic():
            answer = getattr(client, method)(address, OURS, format="json")
            transaction.set_rollback(True)
        missing = set(OURS) - set(refused(answer))
        if answer.status_code != 400 or missing:
            wrong.append(f"{method} {path}: {answer.status_code}, took {sorted(missing)}")
    assert len(bodies) > 25
    assert wrong == []
