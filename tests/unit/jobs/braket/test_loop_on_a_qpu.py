"""A loop whose reports end on a paid QPU: nothing is bought twice, whatever dies in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Scope, User
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.selectors import campaigns_due
from qtwin.jobs.models import Job, State
from qtwin.projects.models import Budget, Project
from qtwin.projects.services import source_create
from qtwin.training.models import Loop, TrainingRun, TransferReport, World
from qtwin.training.selectors import loops_due, reports_due, runs_due, worlds_due
from qtwin.training.services import device, looping, reporting
from qtwin.twins.models import Twin
from tests.connection import keep_connection
from tests.unit.jobs.spending.purse import columns
from tests.unit.jobs.stepping import take_steps
from tests.vendors.braket import BraketVendor
from workers.campaign import advance
from workers.fit import fit
from workers.training import loop as take_step
from workers.training import make, report, train

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LONG_AGO = "1970-01-01T00:00:00Z"
SHOTS = 60
WORLD: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {
        "kind": "rydberg_array",
        "schema_version": 1,
        "geometry": "chain",
        "atoms": 3,
        "spacing": 5.5,
    },
    "schedule": {
        "duration": 1.0,
        "segments": 3,
        "controls": {
            "rabi": {"lower": 0, "upper": 15, "ends": [0, 0]},
            "detuning": {"lower": -20, "upper": 30},
        },
    },
    "goal": {"measure": "z2_probability"},
    "shots": 20,
}
ASKED: dict[str, Any] = {
    "learner": {"kind": "cma_es", "truths": 2, "held_out": 4, "population": 4},
    "seed": 3,
    "evaluations": 60,
    "report": {
        "stages": ["nominal", "qpu"],
        "episodes": 4,
        "qpu": {"source": "aquila", "shots": SHOTS},
    },
    "campaign": {
        "name": "Measure again",
        "sweep": {"sources": ["evolution"], "points": [0.5, 1.1, 1.9]},
    },
    "rounds": 2,
}


class Mortal:
    """A worker that dies whenever it first comes to the end of a step, and not the second time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deaths, self._calls = 0, 0
        for module, name in (
            (looping, "work_rest"),
            (device, "work_rest"),
            (reporting, "work_end"),
        ):
            monkeypatch.setattr(module, name, self._dying(getattr(module, name)))

    def _dying(self, do: Callable[..., None]) -> Callable[..., None]:
        def step(*given: Any, **more: Any) -> None:
            self._calls += 1
            if self._calls % 2:
                raise KeyboardInterrupt  # what nothing may catch, as a kill
            do(*given, **more)

        return step

    def take(self, do: Callable[..., None], rows: Any, due: Callable[[int], list[Any]]) -> None:
        """Let workers take what is due, until one has outlived it."""
        for alive in (False, True):
            rows.update(next_run_at=LONG_AGO, lease_until=LONG_AGO)
            for one in due(9):
                try:
                    do(str(one), owner="test")
                except KeyboardInterrupt:
                    assert not alive, "it died twice"
                    self.deaths += 1


@pytest.fixture
def world(
    atoms: Project, user: User, client_of: Callable[..., APIClient], monkeypatch: pytest.MonkeyPatch
) -> tuple[APIClient, str]:
    """A world of a project with a paid QPU and a source that costs nothing, and a client."""
    keep_connection(monkeypatch)
    for name, backend, method, role in (
        ("aquila", "aquila", "ahs", "device"),
        ("evolution", "exact", "evolution", "reference"),
    ):
        source_create(
            project=atoms, name=name, role=role, backend=backend, method=method, by=user
        )  # fmt: skip
    api = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)
    body = {"name": "z2", "document": WORLD}
    made = api.post(f"/api/v1/projects/{atoms.pk}/worlds", body, format="json")
    assert made.status_code == 202, made.content
    make(made.json()["id"], owner="test")
    return api, made.json()["id"]


def measured(atoms: Project) -> None:
    """The campaign of a round is done, and the twin has taken it in."""
    for _ in range(3):
        Campaign.objects.update(next_run_at=LONG_AGO)
        for campaign_id in campaigns_due(9, planning=False):
            advance(str(campaign_id), owner="test")
        for job in Job.objects.filter(project=atoms).exclude(state=State.DONE):
            take_steps(job, 4)
    Twin.objects.filter(project=atoms).update(next_fit_at=LONG_AGO)
    fit(str(atoms.pk), owner="test")


def bought(braket: BraketVendor) -> None:
    """Jobs on the QPU go on; the answer to the first post of each is lost."""
    for job in Job.objects.exclude(source_revision__backend="exact"):
        braket.fate = "ok" if job.submissions.exists() else "drop_after"
        take_steps(job)
        braket.end()


@pytest.mark.usefixtures("purse", "credential")
def test_a_loop_on_a_paid_qpu_is_trained_measured_and_bought_once(
    world: tuple[APIClient, str],
    atoms: Project,
    braket: BraketVendor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api, world_id = world
    answer = api.post(f"/api/v1/worlds/{world_id}/loops", ASKED, format="json")
    assert answer.status_code == 202, answer.content
    workers = Mortal(monkeypatch)
    loop = Loop.objects.get()
    for _ in range(60):
        workers.take(take_step, Loop.objects, loops_due)
        for due, do in ((worlds_due, make), (runs_due, train)):
            for one in due(9):
                do(str(one), owner="test")
        workers.take(report, TransferReport.objects, reports_due)
        bought(braket)
        if Campaign.objects.exists():
            measured(atoms)
        loop.refresh_from_db()
        if loop.has_ended:
            break
    assert (loop.state, loop.reason) == ("done", "Its rounds are used: 2.")
    assert workers.deaths >= 12
    first, second = loop.rounds.all()
    assert [gap["to"] for gap in (first.gap, second.gap)] == ["qpu", "qpu"]
    made = (TrainingRun, TransferReport, World)
    assert [table.objects.count() for table in made] == [2, 2, 2]
    assert Campaign.objects.count() == 1
    reports = TransferReport.objects.select_related("transfer_project", "job").order_by("pk")
    for row in reports:
        assert row.document["stages"][-1]["shots"] == SHOTS
        assert row.transfer_project is not None
        assert row.transfer_project.spends_for == atoms
    jobs = Job.objects.filter(source_revision__backend="aquila")
    assert {job.pk for job in jobs} == {row.job_id for row in reports}
    assert len(jobs) == 2
    tokens = [post.token for post in braket.books.posts]
    assert len(braket.books.tasks) == len(set(tokens)) == 2
    assert braket.books.bill > 0
    assert columns(Budget.objects.get(project=atoms)) == (0, braket.books.bill)
