"""Jobs at Amazon Braket, from the reservation to the measurements, through the real SDK."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from qtwin.accounts.models import Team
from qtwin.accounts.services.credential import credential_store
from qtwin.jobs.models import Job, Measurement, State
from qtwin.projects.models import Budget
from qtwin.projects.refusal import SpendingRefused
from tests.unit.jobs.braket.conftest import Submit
from tests.unit.jobs.spending.purse import columns
from tests.unit.jobs.stepping import take_steps
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.keys import CANARY, SECRET

NAMES = ("garnet", "aquila")


def run(braket: BraketVendor, job: Job, parts: int) -> Job:
    """Every step of a job, whose tasks end as soon as somebody waits for them."""
    for _ in range(parts):
        take_steps(job)
        braket.end()
        take_steps(job)
    return job


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_reached_by_default(submit: Submit, braket: BraketVendor, name: str) -> None:
    with pytest.raises(SpendingRefused, match="paid sources are off"):
        submit(name)
    assert not braket.routes


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("purse")
def test_without_a_budget_nothing_is_bought(
    submit: Submit, braket: BraketVendor, name: str
) -> None:
    Budget.objects.all().delete()
    with pytest.raises(SpendingRefused):
        submit(name)
    assert not braket.routes


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("purse")
def test_without_a_credential_it_waits_and_goes_on_once_there_is_one(
    submit: Submit, braket: BraketVendor, name: str, team: Team
) -> None:
    job = submit(name, points=1)
    take_steps(job, 2)
    assert (job.state, job.reason_code) == (State.QUEUED, "blocked_credential")
    assert not braket.routes
    credential_store(team=team, vendor="braket", label="lab", secret=SECRET, by=None)
    assert run(braket, job, 1).state == State.DONE


@pytest.mark.parametrize(("name", "parts"), [("garnet", 1), ("aquila", 2)])
@pytest.mark.usefixtures("purse", "credential")
def test_a_job_becomes_measurements_and_the_bills_match(
    submit: Submit, braket: BraketVendor, name: str, parts: int
) -> None:
    job = run(braket, submit(name), parts)
    assert (job.state, job.reason) == (State.DONE, "")
    assert len(braket.books.posts) == len(braket.books.tasks) == parts
    assert columns(Budget.objects.get(project=job.project)) == (0, braket.books.bill)
    assert job.estimated_cost == braket.books.bill
    measured = list(Measurement.objects.filter(job=job).order_by("row"))
    assert len(measured) == 2
    assert all(one.calibration and one.calibration.document for one in measured)
    exact = _exact(job)
    for one, value in zip(measured, exact, strict=True):
        assert abs(one.value - value) < 5 * one.std + 1e-3


def _exact(job: Job) -> list[float]:
    """The energy, by another way."""
    analog = job.source_revision.method == "ahs"
    experiment = Experiment(
        system=job.project.system,
        method="evolution" if analog else "fci",
        controls=tuple(control["name"] for control in job.project.system["controls"]),
        points=np.array(job.points),
        observables=tuple(job.observables),
    )
    backend = registry.get("exact" if analog else "pyscf")
    result = backend.submit(experiment, RunOptions(), token="exact")
    assert isinstance(result, Result)
    return [float(row[0]) for row in result.values]


@pytest.mark.usefixtures("purse", "credential")
def test_more_circuits_than_were_reserved_are_never_bought(
    submit: Submit, braket: BraketVendor
) -> None:
    """H2 without a mapping that saves qubits is measured in five bases."""
    job = take_steps(submit("tight"))
    assert (job.state, job.reason_code) == (State.FAILED, "rejected")
    assert "take 10 circuits, and 8 are paid for" in job.reason
    assert not braket.books.posts
    assert columns(Budget.objects.get(project=job.project)) == (0, 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fate", ["drop_before", "drop_after", "error_after", "away"])
@pytest.mark.usefixtures("purse", "credential")
def test_a_submission_without_an_answer_is_bought_once(
    submit: Submit, braket: BraketVendor, name: str, fate: str
) -> None:
    job = submit(name, points=1)
    braket.fate = fate
    take_steps(job)
    assert (job.state, job.reason_code) == (State.SUBMITTING, "outcome_unknown")
    braket.fate = "ok"
    run(braket, job, 1)
    assert job.state == State.DONE
    assert len(braket.books.tasks) == 1
    assert {post.token for post in braket.books.posts} == {job.submissions.get().token}
    assert columns(Budget.objects.get(project=job.project)) == (0, braket.books.bill)


@pytest.mark.usefixtures("purse", "credential")
def test_a_credential_that_expires_while_it_waits_is_mended(
    submit: Submit, braket: BraketVendor
) -> None:
    job = submit("garnet")
    take_steps(job)
    keys, braket.keys = braket.keys, {}
    take_steps(job)
    assert (job.state, job.reason_code) == (State.SUBMITTED, "blocked_credential")
    braket.keys = keys
    braket.end()
    assert take_steps(job).state == State.DONE


@pytest.mark.usefixtures("purse", "credential")
def test_a_result_of_other_shots_is_kept_and_charged(submit: Submit, braket: BraketVendor) -> None:
    job = submit("garnet")
    braket.changed = lambda data: data[:100]
    run(braket, job, 1)
    assert (job.state, job.reason_code) == (State.FAILED, "malformed")
    submission = job.submissions.get()
    assert submission.raw is not None
    assert submission.settled_cost == braket.books.bill


@pytest.mark.usefixtures("purse", "credential")
def test_the_secret_is_in_no_table(submit: Submit, braket: BraketVendor) -> None:
    run(braket, submit("garnet"), 1)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert CANARY not in repr(cursor.fetchall())
