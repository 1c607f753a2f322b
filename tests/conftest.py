"""Fixtures that every level of tests shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, Team, User
from qtwin.accounts.services import membership_set, team_create, token_create
from qtwin.projects.demo.h2 import SOURCES, SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create
from qtwin.twins.predictor import client
from workers.sandbox import shared


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ada@example.org", "Ada")


@pytest.fixture
def team(user: User) -> Team:
    return team_create(name="Ada's team", owner=user)


@pytest.fixture
def project(team: Team, user: User) -> Project:
    """H2 dissociation with the demo's sources, and nothing measured yet."""
    project = project_create(team=team, name="H2", system=SYSTEM, by=user)
    for source in SOURCES:
        source_create(project=project, by=user, **source)
    return project


@pytest.fixture
def client_of() -> Callable[[User], APIClient]:
    """An API client that carries a fresh token of a user."""

    def make(user: User, *scopes: str) -> APIClient:
        _, token = token_create(user=user, name="test", scopes=scopes or [Scope.READ, Scope.SUBMIT])
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


@pytest.fixture
def api(user: User, client_of: Callable[[User], APIClient]) -> APIClient:
    return client_of(user)


@pytest.fixture
def stranger(db: None) -> User:
    """A user of another team."""
    user = User.objects.create_user("eve@example.org", "Eve")
    team_create(name="Eve's team", owner=user)
    return user


@pytest.fixture
def viewer(team: Team) -> User:
    """A user who may look at the team's projects, not change them."""
    user = User.objects.create_user("vera@example.org", "Vera")
    membership_set(team=team, user=user, role=Role.VIEWER, by=None)
    return user


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    """End the sandbox and the predictor that tests of a module shared."""
    yield
    shared().close()
    client.close()
