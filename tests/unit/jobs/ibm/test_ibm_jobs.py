"""Jobs on IBM's computers, from the reservation to the measurements, through the real client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backends import registry
from backends.schema import Result, RunOptions
from qtwin.accounts.models import Team, User
from qtwin.accounts.services.credential import credential_store
from qtwin.fusion.star.posterior import load_fit
from qtwin.jobs.anchors import job_anchors
from qtwin.jobs.models import Attempt, Job, Measurement, State, Submission
from qtwin.jobs.selectors import job_experiment
from qtwin.jobs.services import JobSpec, job_cancel, job_submit
from qtwin.projects.models import Budget, Project, Unit
from qtwin.projects.services import artifact_read, source_create, spending_rule_set
from qtwin.twins.models import TwinFit
from tests.contract.remote.fault import Fault
from tests.contract.remote.ibm import SECRET, Ibm
from tests.unit.jobs.spending.purse import USD, columns, grant
from tests.unit.jobs.stepping import take_steps
from tests.vendors.ibm.server import SECONDS

pytestmark = pytest.mark.django_db

BILL = int(1_600_000 * SECONDS)
PATIENCE_S = 120.0
OVER = {State.DONE, State.FAILED, State.CANCELLED}


@pytest.fixture
def ibm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ibm]:
    with Ibm.started(tmp_path, monkeypatch.setenv) as vendor:
        yield vendor


@pytest.fixture
def budget(project: Project, user: User) -> Budget:
    """Paid sources are on, and there are 200 USD."""
    spending_rule_set(project=project, by=user, paid_sources=True, approval_above=200 * USD)
    return grant(project, Unit.MONEY, 200 * USD)


@pytest.fixture
def credential(team: Team, user: User) -> None:
    credential_store(team=team, vendor="ibm", label="lab", secret=SECRET, by=user)


@pytest.fixture
def submit(ibm: Ibm, project: Project, user: User, budget: Budget) -> Callable[[], Job]:
    source = source_create(
        project=project, name="ibm", role="device", backend="ibm", method="vqe", by=user,
        settings=ibm.settings,
    )  # fmt: skip

    def run() -> Job:
        spec = JobSpec(source=source, points=[[0.7], [0.8]], shots=2000)
        return job_submit(project=project, spec=spec, by=user)

    return run


def finish(job: Job) -> Job:
    """Take steps until the job is over; the vendor's runs take their time."""
    deadline = time.monotonic() + PATIENCE_S
    while job.state not in OVER and time.monotonic() < deadline:
        take_steps(job)
        time.sleep(0.05)
    return job


def exact(job: Job) -> list[float]:
    """The energy of each point by full configuration interaction."""
    experiment, _ = job_experiment(job)
    asked = replace(experiment, method="fci", settings={})
    result = registry.get("pyscf").submit(asked, RunOptions(), token="exact")
    assert isinstance(result, Result)
    return [float(row[0]) for row in result.values]


@pytest.mark.usefixtures("credential")
def test_a_job_becomes_measurements_and_the_bills_match(
    submit: Callable[[], Job], ibm: Ibm, budget: Budget, project: Project
) -> None:
    seconds = grant(project, Unit.QPU_SECONDS, 100 * USD)
    job = submit()
    assert columns(budget) == (job.estimated_cost, 0)
    assert columns(seconds) == (job.estimated_qpu_seconds * USD, 0)
    finish(job)
    assert (job.state, job.reason) == (State.DONE, "")
    assert len(ibm.posts) == 1
    assert columns(budget) == (0, BILL)
    assert columns(seconds) == (0, ibm.server.books.charged_s * USD)
    assert job.estimated_cost >= BILL
    measured = list(Measurement.objects.filter(job=job).order_by("row"))
    for one, energy in zip(measured, exact(job), strict=True):
        assert one.calibration is not None
        assert one.calibration.team == job.project.team
        assert len(one.calibration.document["qubits"]) == 5
        assert one.calibration.identifier == one.epoch
        assert abs(one.value - energy) < 5 * one.std


@pytest.mark.usefixtures("credential")
@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.ERROR_AFTER])
def test_a_lost_answer_is_found_by_its_tag_and_not_bought_again(
    submit: Callable[[], Job], ibm: Ibm, budget: Budget, fault: Fault
) -> None:
    ibm.switch(fault)
    job = take_steps(submit())
    assert (job.state, job.reason_code) == (State.SUBMITTING, "outcome_unknown")
    ibm.switch()
    finish(job)
    assert job.state == State.DONE
    assert len(ibm.posts) == 1
    assert columns(budget) == (0, BILL)


@pytest.mark.usefixtures("credential")
def test_what_was_not_created_is_sent_again_under_a_new_token(
    submit: Callable[[], Job], ibm: Ibm, budget: Budget
) -> None:
    ibm.switch(Fault.BUSY)
    job = take_steps(submit())
    assert (job.state, job.reason_code) == (State.QUEUED, "not_created")
    ibm.switch()
    finish(job)
    assert job.state == State.DONE
    first, second = ibm.posts
    assert (first.run, second.run is None) == (None, False)
    assert first.token != second.token
    assert columns(budget) == (0, BILL)


@pytest.mark.usefixtures("credential")
def test_a_refused_program_gives_everything_back(
    submit: Callable[[], Job], ibm: Ibm, budget: Budget
) -> None:
    ibm.switch(Fault.REJECTED)
    job = take_steps(submit())
    assert (job.state, job.reason_code) == (State.FAILED, "rejected")
    assert "the circuits are too deep" in job.reason
    assert columns(budget) == (0, 0)


@pytest.mark.usefixtures("credential")
def test_a_cancelled_job_that_never_ran_costs_nothing(
    submit: Callable[[], Job], ibm: Ibm, budget: Budget, user: User
) -> None:
    ibm.switch(Fault.SLOW)
    job = take_steps(submit(), 3)
    assert job.state == State.SUBMITTED
    job_cancel(job=job, by=user)
    take_steps(job, 3)
    assert job.state == State.CANCELLED
    assert columns(budget) == (0, 0)
    assert len(ibm.posts) == 1


@pytest.mark.usefixtures("credential")
def test_a_bad_result_is_paid_and_kept(submit: Callable[[], Job], ibm: Ibm, budget: Budget) -> None:
    ibm.switch(Fault.WRONG_SHOTS)
    job = finish(submit())
    assert (job.state, job.reason_code) == (State.FAILED, "malformed")
    assert "shots" in job.reason
    assert columns(budget) == (0, BILL)
    submission = Submission.objects.get(job=job)
    assert submission.raw is not None
    assert artifact_read(submission.raw)


def test_a_credential_that_expires_in_mid_wait_is_told_and_goes_on(
    submit: Callable[[], Job], ibm: Ibm, budget: Budget, team: Team
) -> None:
    credential_store(team=team, vendor="ibm", label="lab", secret=SECRET, by=None)
    ibm.switch(Fault.SLOW)
    job = take_steps(submit(), 2)
    ibm.switch(Fault.SLOW, Fault.REFUSED)
    take_steps(job)
    assert (job.state, job.reason_code) == (State.SUBMITTED, "blocked_credential")
    ibm.switch()
    finish(job)
    assert job.state == State.DONE
    assert len(ibm.posts) == 1
    shown = str(list(Attempt.objects.values())) + job.reason
    assert "canary" not in shown


@pytest.mark.usefixtures("credential", "budget")
def test_anchors_of_a_job_are_paid_within_its_estimate_and_reach_the_twin(
    ibm: Ibm, project: Project, user: User, assimilated: Callable[[], TwinFit]
) -> None:
    """A device that damps: half of the circuits tell how much."""
    ibm.noise()
    source = source_create(
        project=project, name="ibm", role="device", backend="ibm", method="vqe", by=user,
        settings={**ibm.settings, "anchors": 0.5},
    )  # fmt: skip
    spec = JobSpec(source=source, points=[[0.7], [0.8]], shots=2000)
    job = finish(job_submit(project=project, spec=spec, by=user))
    assert (job.state, job.reason) == (State.DONE, "")
    assert Measurement.objects.filter(job=job).count() == 2
    assert job.estimated_shots == 2 * 2 * 10 * 2000
    assert len(ibm.posts) == 1
    (told,) = job_anchors(job)
    assert told["anchors"] == 2
    assert 0.5 < told["damping"] < 1.0
    fit = load_fit(artifact_read(assimilated().artifact))
    assert fit.sites.specs[0].damping == pytest.approx((told["damping"], told["std_error"]))
