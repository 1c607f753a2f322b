"""What is said of a twin while a fit ends between two reads."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.test import APIClient

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import evidence_advance
from qtwin.twins import recommendations
from qtwin.twins.api import predict
from qtwin.twins.models import Recommendation, TwinFit
from qtwin.twins.recommendations import RecommendationStale, recommendation_check
from qtwin.web import twin as page
from tests.morse import truth

Measure = Callable[..., Measurement]
Assimilate = Callable[[], TwinFit]


@pytest.fixture
def behind(project: Project, measure: Measure, assimilated: Assimilate) -> TwinFit:
    """The fit of a twin that has not taken in the last measurement."""
    for x in (0.4, 0.8, 1.4):
        measure("fci", x, truth(x))
    fit = assimilated()
    measure("fci", 2.4, truth(2.4))
    evidence_advance(project_id=project.pk)
    project.refresh_from_db()
    return fit


@pytest.fixture
def fit_ends_after(
    monkeypatch: pytest.MonkeyPatch, assimilated: Assimilate
) -> Callable[[ModuleType, str], None]:
    """Let the refit end just after a module has read the fit."""

    def arrange(module: ModuleType, name: str) -> None:
        read = getattr(module, name)

        def reading(*args: Any, **more: Any) -> Any:
            found = read(*args, **more)
            monkeypatch.setattr(module, name, read)
            assimilated()
            return found

        monkeypatch.setattr(module, name, reading)

    return arrange


def test_the_twin_calls_no_version_up_to_date_that_was_read_before_the_last_fit(
    behind: TwinFit,
    project: Project,
    api: APIClient,
    fit_ends_after: Callable[[ModuleType, str], None],
) -> None:
    fit_ends_after(predict, "twin_fit")
    answer = api.get(f"/api/v1/projects/{project.pk}/twin").json()
    assert (answer["version"]["number"], answer["up_to_date"]) == (1, False)
    answer = api.get(f"/api/v1/projects/{project.pk}/twin").json()
    assert (answer["version"]["number"], answer["up_to_date"]) == (2, True)


def test_the_page_does_so_too(
    behind: TwinFit,
    project: Project,
    rf: RequestFactory,
    fit_ends_after: Callable[[ModuleType, str], None],
) -> None:
    fit_ends_after(page, "fit_drawn")
    shown = page.twin_shown(rf.get("/"), project)
    assert (shown["fit"].version.number, shown["twin"]["up_to_date"]) == (1, False)


def test_a_recommendation_of_the_version_before_is_stale(
    behind: TwinFit, project: Project, fit_ends_after: Callable[[ModuleType, str], None]
) -> None:
    fit_ends_after(recommendations, "twin_fit")
    with pytest.raises(RecommendationStale, match="new evidence came in since"):
        recommendation_check(project, Recommendation(fit=behind))
