"""What was measured before is not measured again; more shots are, and count once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qtwin.accounts.models import User
from qtwin.jobs import identity
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.selectors import jobs_reused_by, measurements_of_job, measurements_valid
from qtwin.jobs.services import (
    JobSpec,
    job_submit,
    measurement_invalidate,
    measurement_restore,
)
from qtwin.projects.models import Project
from qtwin.projects.services import source_revise
from qtwin.twins.evidence import evidence_of
from tests.unit.jobs.answering import answer

pytestmark = pytest.mark.django_db

Ask = Callable[..., Job]
POINTS = [[0.5], [0.7], [0.9]]


@pytest.fixture
def ask(project: Project, user: User) -> Ask:
    def run(source: str = "fci", points: Any = POINTS, **more: Any) -> Job:
        spec = JobSpec(source=project.sources.get(name=source), points=points, **more)
        return job_submit(project=project, spec=spec, by=user)

    return run


def test_an_identical_exact_job_is_answered_at_once_by_the_same_measurements(ask: Ask) -> None:
    first = answer(ask())
    again = ask()
    assert (again.state, again.points_done, again.points_reused) == (State.DONE, 3, 3)
    assert again.finished_at is not None
    assert (again.estimated_cost, again.estimated_seconds) == (0, 0)
    assert jobs_reused_by(again) == [first.pk]
    assert set(measurements_of_job(again)) == set(Measurement.objects.filter(job=first))
    assert not Measurement.objects.filter(job=again).exists()
    kinds = [(e.kind, e.to_state) for e in again.events.all()]
    assert kinds == [("job.state", "QUEUED"), ("job.reuse", ""), ("job.state", "DONE")]
    assert again.events.get(kind="job.reuse").data == {"points": 3, "jobs": [str(first.pk)]}
    assert again.spec_hash == first.spec_hash


def test_only_unknown_points_are_computed_and_known_ones_come_first(ask: Ask) -> None:
    first = answer(ask())
    more = ask(points=[[1.1], [0.7], [1.3], [0.5]])
    assert (more.state, more.points_done, more.points_reused) == (State.QUEUED, 2, 2)
    assert more.points == [[0.7], [0.5], [1.1], [1.3]]
    assert 0 < more.estimated_seconds < ask(points=[[1.1], [1.3], [1.5]]).estimated_seconds
    answer(more)
    assert more.state == State.DONE
    own = Measurement.objects.filter(job=more).order_by("row")
    assert [(m.row, m.point) for m in own] == [(2, [1.1]), (3, [1.3])]
    assert sorted(m.point for m in measurements_of_job(more)) == [[0.5], [0.7], [1.1], [1.3]]
    assert jobs_reused_by(more) == [first.pk]


@pytest.mark.parametrize(
    "other",
    [
        {"force": True},
        {"source": "hf"},
        {"points": [[0.5000001], [0.71], [0.91]]},
        {"seed": 99},
    ],
)
def test_another_question_is_computed(ask: Ask, other: dict[str, Any]) -> None:
    answer(ask(seed=1))
    job = ask(**other)
    assert (job.state, job.points_reused) == (State.QUEUED, 0)


def test_another_revision_of_the_source_is_another_question(
    ask: Ask, project: Project, user: User
) -> None:
    answer(ask())
    source_revise(source=project.sources.get(name="fci"), settings={}, by=user)
    assert ask().points_reused == 0


def test_another_version_of_a_library_or_of_the_cache_is_another_question(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(ask(), versions={"numpy": "0.1"})
    again = ask()
    assert again.points_reused == 0
    answer(again, versions={"numpy": np.__version__, "not-installed-here": "1"})
    assert ask().points_reused == 3
    monkeypatch.setattr(identity, "CACHE_VERSION", identity.CACHE_VERSION + 1)
    assert ask().points_reused == 0


def test_an_invalidated_measurement_is_never_reused(ask: Ask, user: User) -> None:
    wrong = answer(ask()).measurements.get(row=1)
    measurement_invalidate(measurement=wrong, why="test", by=user)
    again = ask()
    assert (again.points_reused, again.points[2]) == (2, [0.7])
    measurement_restore(measurement=wrong, why="test", by=user)
    assert ask().points_reused == 3


def test_another_project_knows_nothing(ask: Ask, project: Project, user: User) -> None:
    answer(ask())
    Measurement.objects.update(project=replace_project(project, user))
    assert ask().points_reused == 0


def replace_project(project: Project, user: User) -> Project:
    return Project.objects.create(team=project.team, name="other", system=project.system)


def test_identical_sampled_jobs_draw_other_shots_and_pool(ask: Ask, project: Project) -> None:
    first, second = (answer(ask("vqe-ideal", shots=100), std=0.1) for _ in range(2))
    assert first.seed != second.seed
    assert first.spec_hash == second.spec_hash
    assert second.points_reused == 0
    rows = measurements_valid(project.pk)
    assert len({row.identity for row in rows}) == 3
    assert len({row.draw for row in rows}) == 6
    evidence = evidence_of(project, project.observables.get(name="energy"))
    assert evidence is not None
    assert len(evidence.measurements) == 6


def test_a_seed_that_was_used_before_is_never_drawn_again(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([5, 5, 5, 6])
    monkeypatch.setattr("secrets.randbits", lambda bits: next(draws))
    assert [ask("vqe-ideal", shots=10).seed for _ in range(2)] == [5, 6]


def test_the_same_seed_is_the_same_draw_and_counts_once(ask: Ask, project: Project) -> None:
    first = answer(ask("vqe-ideal", shots=100, seed=7), std=0.1)
    again = ask("vqe-ideal", shots=100, seed=7)
    assert (again.state, jobs_reused_by(again)) == (State.DONE, [first.pk])
    assert ask("vqe-ideal", shots=200, seed=7).points_reused == 0
    forced = answer(ask("vqe-ideal", shots=100, seed=7, force=True), std=0.1)
    energy = project.observables.get(name="energy")
    evidence = evidence_of(project, energy)
    assert evidence is not None
    assert [m.job_id for m in evidence.measurements] == [first.pk] * 3
    for row in first.measurements.all():
        measurement_invalidate(measurement=row, why="test", by=None)
    evidence = evidence_of(project, energy)
    assert evidence is not None
    assert [m.job_id for m in evidence.measurements] == [forced.pk] * 3


def test_the_identity_sees_numbers_not_how_they_are_written(ask: Ask) -> None:
    job = ask(points=[[0.5], [0.7]])
    swapped = ask(points=[[0.7], [0.5]])
    assert job.spec_hash == swapped.spec_hash
    assert ask(points=[[0.5], [0.8]]).spec_hash != job.spec_hash


def test_signed_zeros_are_one_point() -> None:
    from backends.schema import Experiment

    one = Experiment(
        system={}, method="m", controls=("x",), points=np.array([[0.0]]), observables=("o",)
    )
    other = replace(one, points=np.array([[-0.0]]))
    assert identity.identities(one, "b") == identity.identities(other, "b")
