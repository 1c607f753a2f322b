"""Known points of a paid job are neither sent nor paid, and its numbers lead to the vendor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.provenance import measurement_provenance
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Project, Unit
from qtwin.projects.services import spending_rule_set
from qtwin.twins.evidence import evidence_of
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.spending.purse import columns, grant

pytestmark = pytest.mark.django_db
Submit = Callable[..., Job]
Tick = Callable[..., Job]


def finish(vendor: Vendor, job: Job, tick: Tick) -> Job:
    tick(job)
    vendor.end()
    return tick(job)


def test_only_the_points_that_are_not_known_are_sent_and_paid(
    vendor: Vendor, submit: Submit, tick: Tick
) -> None:
    job = submit(points=4)
    Project.objects.update(paid_sources=True)
    Job.objects.filter(pk=job.pk).update(points_done=3, points_reused=3, estimated_cost=PRICE)
    finish(vendor, job, tick)
    part = job.submissions.get()
    assert (part.first_row, part.rows, part.estimated_cost) == (3, 1, PRICE)
    assert [m.row for m in job.measurements.all()] == [3]


def test_the_same_seed_in_a_vendors_queue_draws_new_shots(
    vendor: Vendor, submit: Submit, tick: Tick
) -> None:
    first, second = (finish(vendor, submit(), tick) for _ in range(2))
    assert (first.seed, first.points_reused) == (second.seed, second.points_reused) == (5, 0)
    rows = measurements_valid(first.project_id)
    assert {row.draw for row in rows} == {""}
    evidence = evidence_of(first.project, rows[0].observable)
    assert evidence is not None
    assert len(evidence.measurements) == rows.count() == 4


def test_a_number_leads_to_the_vendors_task_and_bytes(vendor: Vendor, job: Job, tick: Tick) -> None:
    finish(vendor, job, tick)
    part = job.submissions.get()
    assert part.raw is not None
    for row in Measurement.objects.filter(job=job):
        told = measurement_provenance(row)["submission"]
        assert (told["remote_id"], told["settled_cost_micro_usd"]) == ("R0", PRICE)
        assert told["raw_sha256"] == part.raw.sha256
        assert part.token not in str(told)


@pytest.mark.parametrize("ends", ["COMPLETED", "FAILED"])
def test_the_same_exact_computation_is_bought_once_unless_the_first_fails(
    vendor: Vendor, project: Project, submit: Submit, tick: Tick, ends: str
) -> None:
    vendor.paid = True
    spending_rule_set(project=project, by=None, paid_sources=True)
    budget = grant(project, Unit.MONEY, 10 * PRICE)
    first, second = submit(shots=None), submit(shots=None)
    tick(first)
    assert tick(second, 3).state == State.QUEUED
    assert vendor.posts == 1
    vendor.end(ends)
    tick(first)
    tick(second)
    if ends == "FAILED":
        vendor.end()
        tick(second)
    assert (first.state == State.DONE, second.state) == (ends == "COMPLETED", State.DONE)
    assert second.points_reused == (2 if ends == "COMPLETED" else 0)
    assert vendor.posts == (1 if ends == "COMPLETED" else 2)
    assert columns(budget) == (0, vendor.bill)
    assert audit() == []
