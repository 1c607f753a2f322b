"""What the list of projects counts, and for how long a large count is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.projects.services import project_create
from qtwin.web import summaries
from tests.unit.web.conftest import submit


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _counted(**those: object) -> list[int]:
    projects = Project.objects.filter(**those).order_by("pk")
    return [one.open_jobs for one in summaries.project_summaries(projects)]


def test_few_open_jobs_are_counted_each_time(project: Project, user: User) -> None:
    assert _counted() == [0]
    submit(project, user)
    assert _counted() == [1]
    submit(project, user, source="fci")
    assert _counted() == [2]


def test_many_are_kept_for_a_while_for_the_same_projects(
    project: Project, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "MANY", 1)
    submit(project, user)
    assert _counted() == [1]
    submit(project, user, source="fci")
    assert _counted() == [1]
    other = project_create(team=project.team, name="Other", system=project.system, by=user)
    assert _counted() == [2, 0]
    assert _counted(pk=other.pk) == [0]
    monkeypatch.setattr(summaries, "KEPT_S", 0)
    cache.clear()
    assert _counted(pk=project.pk) == [2]
