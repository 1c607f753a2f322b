"""Somebody of the team, a guest, and ways to say something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, Team, User
from qtwin.accounts.services import membership_set
from qtwin.projects.models import Project
from qtwin.projects.services import project_member_set

Say = Callable[..., Any]


@pytest.fixture
def bo(team: Team, user: User) -> User:
    person = User.objects.create_user("bo@example.org", "Bo Operator")
    membership_set(team=team, user=person, role=Role.OPERATOR, by=user)
    return person


@pytest.fixture
def guest(project: Project, user: User) -> User:
    person = User.objects.create_user("gil@example.net", "Gil Guest")
    project_member_set(project=project, user=person, role=Role.VIEWER, by=user)
    return person


@pytest.fixture
def say(project: Project, user: User, client_of: Callable[..., APIClient]) -> Say:
    """Comment by the API, as the team's owner unless another one does; what is answered."""

    def run(text: str, by: User = user, status: int = 201, **about: Any) -> Any:
        place = f"/api/v1/projects/{project.pk}/comments"
        answer = client_of(by, *Scope).post(place, {"text": text, **about}, format="json")
        assert answer.status_code == status, answer.content
        return answer.json()

    return run
