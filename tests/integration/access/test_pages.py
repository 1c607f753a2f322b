"""Pages of a team, by those who are not in it."""

from __future__ import annotations

import pytest
from django.test import Client

from qtwin.accounts.confirmation import confirm
from qtwin.accounts.models import Role, User
from tests.integration.access.routes import patterns
from tests.integration.access.scene import Scene

OPEN = ("api/", "^", "sign-in", "invitations/", "shared/", "backends/")
"""Addresses of which some are no pages, and some are secrets that let in whoever has one."""
PAGES = [one for one in patterns() if "<" in one and not one.startswith(OPEN)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_owner_of_another_team_sees_and_changes_nothing(
    scene: Scene, stranger: User, method: str
) -> None:
    client = Client()
    client.force_login(stranger)
    session = client.session
    confirm(session)
    session.save()
    wrong = _let_in(client, scene, method, ended={403, 404, 405})
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_sent_to_sign_in(scene: Scene, method: str) -> None:
    wrong = _let_in(Client(), scene, method, ended={401, 405})
    assert wrong == []


def test_a_viewer_changes_nothing_of_the_team(scene: Scene) -> None:
    client, wrong = Client(), []
    client.force_login(scene.members[Role.VIEWER])
    for pattern in PAGES:
        if pattern.startswith("teams/") and not pattern.endswith(":leave"):
            answer = client.post(scene.address(pattern), {"verb": "revoke"})
            if answer.status_code not in {403, 404, 405}:
                wrong.append(f"{pattern}: {answer.status_code}")
    assert wrong == []


def _let_in(client: Client, scene: Scene, method: str, ended: set[int]) -> list[str]:
    wrong = []
    for pattern in PAGES:
        answer = getattr(client, method)(scene.address(pattern))
        to_sign_in = answer.status_code == 302 and answer.url.startswith("/sign-in")
        if answer.status_code not in ended and not to_sign_in:
            wrong.append(f"{pattern}: {answer.status_code}")
    return wrong
