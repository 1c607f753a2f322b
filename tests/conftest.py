"""Fixtures that every level of tests shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db.models.signals import post_migrate
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, Team, User
from qtwin.accounts.services import membership_set, team_create, token_create
from qtwin.jobs.models import Measurement
from qtwin.projects.demo.h2 import SOURCES, SYSTEM
from qtwin.projects.models import Dataset, Project
from qtwin.projects.services import evidence_advance, project_create, source_create
from qtwin.twins.models import Twin, TwinFit
from qtwin.twins.predictor import client
from qtwin.twins.services import twin_assimilate, twin_claim
from tests import fits, schema
from workers.sandbox import shared

LONGEST = {"browser", "faults", "contract"}
"""Folders of the longest tests that need no database of this process."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no core waits for them at the end; else keep the order."""
    items.sort(key=lambda item: LONGEST.isdisjoint(item.path.parts))


def pytest_configure() -> None:
    """Keep the database in memory, as pytest-django does of what it knows to be SQLite."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = ":memory:"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Migrate once for all processes and runs: the database of a process is a copy."""
    from django.db import connection

    if connection.vendor == "sqlite":
        made = partial(schema.create_test_db, connection)
        connection.creation.create_test_db = made  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let tests that commit empty the audit trail after them, which the database forbids.

    Each would also make Django's permissions anew, a quarter of a second of CPU; nothing here
    has any.
    """
    from django.db import connection

    on = "" if connection.vendor == "sqlite" else " ON accounts_auditevent"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_keeps_rows{on}")
    uid = "django.contrib.auth.management.create_permissions"
    assert post_migrate.disconnect(dispatch_uid=uid)


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


@pytest.fixture
def measure(project: Project) -> Callable[..., Measurement]:
    """Record one measurement of the energy by a source of the project."""
    data = Dataset.objects.create(project=project, name="d", citation="none", sha256="0" * 64)
    energy, row = project.observables.get(name="energy"), count()

    def make(source: str, x: float, value: float, std: float = 0.0, **more: Any) -> Measurement:
        made = Measurement.objects.create(
            project=project,
            dataset=data,
            row=next(row),
            source_revision=project.sources.get(name=source).latest,
            observable=energy,
            point=[x],
            value=value,
            std=std,
            unit="hartree",
            measured_at=timezone.now(),
            **more,
        )
        evidence_advance(project_id=project.pk)
        return made

    return make


@pytest.fixture
def assimilated(project: Project) -> Callable[[], TwinFit]:
    """Fit what there is now; the fit of the version that is latest then."""

    def run() -> TwinFit:
        Twin.objects.filter(project=project).update(next_fit_at="1970-01-01T00:00:00Z")
        twin = twin_claim(project.pk, owner="test", lease_s=60)
        if twin is not None:
            twin_assimilate(twin)
        return TwinFit.objects.filter(version__twin__project=project).latest("version__number")

    return run


@pytest.fixture(scope="module", autouse=True)
def _quick_fits() -> Iterator[None]:
    """Fit twins with few samples, except where a folder overrides this: its tests are of fits."""
    with fits.quick():
        yield


@pytest.fixture
def whole_fits() -> Iterator[None]:
    """Fit twins as a product does, in a test that is of their numbers."""
    with fits.whole():
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    """End the sandbox and the predictor that all tests shared: each takes seconds to start."""
    yield
    shared().close()
    client.close()
