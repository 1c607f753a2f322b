"""Pages of a team, by those who are not in it."""

from __future__ import annotations

import pytest
from django.test import Client

from qtwin.accounts.models import Role, User
from tests.integration.access.routes import patterns
from tests.integration.access.scene import Scene

PAGES = [one for one in patterns() if "<" in one and not one.startswith(("api/", "^", "sign-in"))]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_owner_of_another_team_sees_and_changes_nothing(
    scene: Scene, stranger: User, method: str
) -> None:
    client = Client()
    client.force_login(stranger)
    wrong = _let_in(client, scene, method, ended={403, 404, 405})
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_sent_to_sign_in(scene: Scene, method: str) -> None:
    wrong = _let_in(Client(), scene, method, ended={401, 405})
    assert wrong == []


@pytest.mark.parametrize("pattern", [one for one in PAGES if one.startswith("teams/")])
def test_a_viewer_changes_nothing_of_the_team(scene: Scene, pattern: str) -> None:
    client = Client()
    client.force_login(scene.members[Role.VIEWER])
    answer = client.post(scene.address(pattern), {"verb": "revoke"})
    assert answer.status_code in {403, 404, 405}, answer


def _let_in(client: Client, scene: Scene, method: str, ended: set[int]) -> list[str]:
    wrong = []
    for pattern in PAGES:
        answer = getattr(client, method)(scene.address(pattern))
        to_sign_in = answer.status_code == 302 and answer.url.startswith("/sign-in")
        if answer.status_code not in ended and not to_sign_in:
            wrong.append(f"{pattern}: {answer.status_code}")
    return wrong
