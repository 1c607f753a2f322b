"""What the project page says of the latest version, from what is stored with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement
from qtwin.jobs.services import measurement_invalidate
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from qtwin.web.changes import latest_changes
from tests.morse import truth


@pytest.fixture
def second(measure: Callable[..., Measurement], assimilated: Callable[[], TwinFit]) -> Measurement:
    """A second version, which one bad reference moved."""
    for x in (0.4, 0.8, 1.6, 2.4):
        measure("fci", x, truth(x))
    assimilated()
    measure("hf", 2.4, truth(2.4) + 0.1)
    bad = measure("fci", 1.2, truth(1.2) + 0.06, 0.001)
    assimilated()
    return bad


def test_the_page_names_what_moved_the_twin_most(
    client: Client,
    user: User,
    project: Project,
    second: Measurement,
    assimilated: Callable[[], TwinFit],
) -> None:
    client.force_login(user)
    energy = project.observables.get(name="energy")
    told = latest_changes(project, energy)
    assert told is not None
    assert (told.number, told.since) == (2, 1)
    assert told.sentences[0] == "2 measurements were added (1 of FCI; 1 of HF)."
    assert " σ: from " in told.sentences[1]
    assert "σ is the error bar of the version before" in told.sentences[1]
    first = told.moves[0]
    assert (first.label, first.removed) == ("FCI", False)
    assert first.what == "−1.0309 ± 0.0010 hartree at 1.2 Å"
    assert first.by.startswith("+")
    body = client.get(f"/projects/{project.pk}").content.decode()
    assert "What version 2 changed" in body
    assert first.what in body

    measurement_invalidate(measurement=second, why="test", by=user)
    assimilated()
    told = latest_changes(project, energy)
    assert told is not None
    assert told.sentences[0] == "1 measurement was taken out (1 of FCI)."
    assert told.moves[0].removed
    assert "invalidated" in client.get(f"/projects/{project.pk}").content.decode()


def test_a_first_version_changed_nothing(
    client: Client,
    user: User,
    project: Project,
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> None:
    energy = project.observables.get(name="energy")
    assert latest_changes(project, energy) is None
    measure("fci", 0.7, -1.1)
    assimilated()
    assert latest_changes(project, energy) is None
    client.force_login(user)
    assert "changes-title" not in client.get(f"/projects/{project.pk}").content.decode()


def test_an_epoch_that_was_left_out_is_shown_even_of_a_first_version(
    project: Project, measure: Callable[..., Measurement], assimilated: Callable[[], TwinFit]
) -> None:
    for x in (0.4, 0.8, 1.2, 1.6, 2.0, 2.4):
        measure("fci", x, truth(x))
    for epoch, shift in (("mon", 0.0), ("tue", 0.0), ("wed", 0.4)):
        for x in (0.5, 0.9, 1.3, 1.8):
            value = 0.9 * truth(x) - 0.1 + shift
            measure("vqe-noisy", x, value, 0.004, epoch=epoch, mixed_value=-1.0)
    assimilated()
    told = latest_changes(project, project.observables.get(name="energy"))
    assert told is not None
    assert [conflict["epoch"] for conflict in told.conflicts] == ["wed"]
    assert told.since is None
