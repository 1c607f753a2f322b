"""Versions: written once, made again bit for bit, compared, and made anew only when asked."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import models, transaction

from qtwin.accounts.models import User
from qtwin.fusion.version import FUSION_VERSION
from qtwin.jobs.models import Event, Measurement
from qtwin.jobs.services import measurement_invalidate
from qtwin.projects.models import Project
from qtwin.projects.services import evidence_advance
from qtwin.twins.changes import MOST_ALONE, blocks_of
from qtwin.twins.evidence import evidence_of, evidence_of_fit
from qtwin.twins.models import Immutable, TwinFit, TwinVersion
from qtwin.twins.selectors import twin_status, twins_due
from qtwin.twins.services import twin_rebuild, twin_refit
from qtwin.twins.services.rebuild import Verdict
from qtwin.twins.services.refit import NothingToFit
from tests.morse import truth

Measure = Callable[..., Measurement]
Assimilate = Callable[[], TwinFit]
OLD = "0"


@pytest.fixture
def first(measure: Measure, assimilated: Assimilate) -> TwinFit:
    """Four references and six approximate points."""
    for x in (0.4, 0.8, 1.4, 2.4):
        measure("fci", x, truth(x))
    for x in (0.4, 0.7, 1.0, 1.5, 2.0, 2.4):
        measure("hf", x, truth(x) + 0.03 * x)
    return assimilated()


def rewrite(rows: Any, **values: Any) -> None:
    """Change rows behind the back of the model, as an older release would have left them."""
    models.QuerySet(rows.model).filter(pk__in=rows.values("pk")).update(**values)


def test_a_version_is_made_again_bit_for_bit_from_its_measurements(
    first: TwinFit, project: Project
) -> None:
    assert twin_rebuild(first).verdict is Verdict.IDENTICAL
    said = StringIO()
    call_command("twin_rebuild", str(project.pk), stdout=said)
    assert said.getvalue() == "version 1 energy: identical, the same bytes\n"


def test_a_measurement_that_was_tampered_with_is_found(first: TwinFit, project: Project) -> None:
    row = Measurement.objects.filter(pk=first.measurement_ids[0])
    row.update(value=row.get().value + 1e-3)
    assert twin_rebuild(first).verdict is Verdict.DIFFERENT
    with pytest.raises(SystemExit):
        call_command("twin_rebuild", str(project.pk), number=1, stdout=StringIO())


def test_what_cannot_be_made_again_says_why(first: TwinFit, project: Project) -> None:
    project.controls.update(upper=2.6)
    told = twin_rebuild(TwinFit.objects.get())
    assert (told.verdict, "controls" in told.sentence) == (Verdict.IMPOSSIBLE, True)
    rewrite(TwinVersion.objects.all(), fusion_version=OLD)
    told = twin_rebuild(TwinFit.objects.get())
    assert told.verdict is Verdict.IMPOSSIBLE
    assert f"fusion version {OLD}" in told.sentence


def test_nothing_that_the_orm_offers_changes_a_version(first: TwinFit) -> None:
    stays_as_it_is(TwinVersion, "seed")
    stays_as_it_is(TwinFit, "c2")


def stays_as_it_is(model: type[TwinVersion | TwinFit], field: str) -> None:
    row: Any = model.objects.get()
    before = model.objects.values().get()
    for change in (
        row.save,
        lambda: row.save(update_fields=[field]),
        lambda: model.objects.update(**{field: None}),
        lambda: model.objects.bulk_update([row], [field]),
        lambda: model.objects.all().delete(),
        lambda: model._base_manager.update(**{field: None}),
    ):
        with pytest.raises(Immutable), transaction.atomic():
            change()
    assert model.objects.values().get() == before


def test_the_measurement_that_moved_the_twin_most_is_named(
    first: TwinFit, measure: Measure, assimilated: Assimilate, user: User
) -> None:
    assert first.changes is None
    bump = measure("fci", 1.9, truth(1.9) + 0.02)
    measure("hf", 1.2, truth(1.2) + 0.036)
    told = assimilated().changes
    assert (told["since"], told["added"], told["removed"]) == (1, 2, 0)
    assert [(s["name"], s["added"]) for s in told["sources"]] == [("fci", 1), ("hf", 1)]
    most = told["moved_most"][0]
    assert (most["kind"], most["measurements"]) == ("added", [str(bump.pk)])
    assert most["by"] > 0
    assert 1.4 < most["at"][0] < 2.4
    largest = told["prediction"]["largest"]
    assert largest["after"]["mean"] > largest["before"]["mean"]

    measurement_invalidate(measurement=bump, why="test", by=user)
    told = assimilated().changes
    assert (told["added"], told["removed"]) == (0, 1)
    assert (told["moved_most"][0]["kind"], told["moved_most"][0]["by"] < 0) == ("removed", True)


def test_many_new_measurements_are_told_by_where_they_came_from(
    project: Project, measure: Measure
) -> None:
    energy = project.observables.get(name="energy")
    measure("fci", 0.7, -1.0)
    before = evidence_of(project, energy)
    for x in np.linspace(0.5, 2.3, MOST_ALONE):
        measure("mp2", float(x), -1.0)
    alone = evidence_of(project, energy)
    measure("hf", 0.7, -1.0)
    many = evidence_of(project, energy)
    assert before is not None
    assert alone is not None
    assert many is not None
    assert {len(block) for block in blocks_of(before, alone).added} == {1}
    assert [len(block) for block in blocks_of(before, many).added] == [MOST_ALONE, 1]
    assert [len(block) for block in blocks_of(many, before).removed] == [MOST_ALONE, 1]


def test_another_release_makes_a_version_only_when_asked_and_says_what_it_changed(
    first: TwinFit, project: Project, assimilated: Assimilate, user: User
) -> None:
    digest = evidence_of_fit(first).digest(0, OLD)
    rewrite(TwinVersion.objects.all(), fusion_version=OLD)
    rewrite(TwinFit.objects.all(), digest=digest)
    evidence_advance(project_id=project.pk)
    assert assimilated().version.number == 1, "the same evidence, and nobody asked"

    project.refresh_from_db()
    twin_refit(project=project, by=user)
    assert twins_due(10) == [project.pk]
    assert not twin_status(project)["up_to_date"]
    second = assimilated()
    version = second.version
    assert (version.number, version.fusion_version, version.refit) == (2, FUSION_VERSION, True)
    assert second.changes["added"] == second.changes["removed"] == 0
    assert second.changes["prediction"]["largest"]["sigmas"] == 0.0, "it was the same release"
    assert Event.objects.filter(kind="twin.version").latest("id").data["refit"]

    twin_refit(project=project, by=user)
    assert assimilated().version.number == 2, "a refit that would change nothing makes nothing"
    assert twins_due(10) == []


def test_a_project_without_measurements_has_nothing_to_refit(project: Project, user: User) -> None:
    with pytest.raises(NothingToFit):
        twin_refit(project=project, by=user)


def test_an_epoch_that_contradicts_the_rest_is_recorded_and_told_once(
    first: TwinFit, measure: Measure, assimilated: Assimilate
) -> None:
    for epoch, shift in (("mon", 0.0), ("tue", 0.0), ("wed", 0.4)):
        for x in (0.5, 0.9, 1.3, 1.8):
            measure(
                "vqe-noisy", x, 0.9 * truth(x) - 0.1 + shift, 0.004, epoch=epoch, mixed_value=-1.0
            )
    second = assimilated()
    (conflict,) = second.conflicts
    assert (conflict["source"], conflict["epoch"], conflict["rows"]) == ("vqe-noisy", "wed", 4)
    assert abs(conflict["z"]) > 4
    measure("fci", 1.1, truth(1.1))
    third = assimilated()
    assert third.conflicts[0]["epoch"] == "wed"
    told = Event.objects.filter(kind="twin.conflict")
    assert [event.data["epoch"] for event in told] == ["wed"]
    assert third.changes["moved_most"][0]["source"] == "fci"
