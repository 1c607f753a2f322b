"""Random histories of real services against a vendor in memory: workers nap and die anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backends.base import Idempotency
from qtwin.accounts.models import User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, Measurement, State, Submission
from qtwin.jobs.services import (
    JobSpec,
    NotPossible,
    job_cancel,
    job_hold,
    job_release,
    job_submit,
)
from qtwin.jobs.states import ACTIVE
from qtwin.projects.models import Budget, Period, Project, Source, Unit
from qtwin.projects.services import budget_set, source_create, spending_rule_set
from tests import memory_vendor
from tests.memory_vendor import PRICE, Killed, MemoryBackend, Vendor
from tests.switch import CODES, Switch
from workers.reconcile import reconcile
from workers.step import step

pytestmark = pytest.mark.django_db

FATES = (
    *("ok", "ok", "lost_before", "lost_after", "refused", "rejected", "credential"),
    *("killed_before", "killed_after", "nap_before", "nap_after"),
)
POLLS = ("ok", "ok", "killed", "nap")
JOBS, POINTS = 3, 2
DEEPEST_NAP = 2


class Machine(RuleBasedStateMachine):
    """Up to three jobs of two parts each. Time passes for a job when it is ticked."""

    def __init__(self, project: Project, source: Source, user: User, vendor: Vendor) -> None:
        super().__init__()
        self.project, self.source, self.user, self.vendor = project, source, user, vendor
        self.jobs: list[UUID] = []
        self.asleep: list[UUID] = []
        self.remote: dict[UUID, str | None] = {}
        self.fences: dict[UUID, int] = {}
        self.off: dict[str, int] = {}
        self.prices = {PRICE}
        self.savepoint = transaction.savepoint()

    @initialize(idempotency=st.sampled_from([Idempotency.TOKEN, Idempotency.TAG]))
    def start(self, idempotency: Idempotency) -> None:
        fresh = Vendor(idempotency=idempotency, paid=True, listing_lags=True, nap=self._nap)
        fresh.queue = replace(fresh.queue, max_points=1, bill_lag_s=3600.0)
        self.vendor.__dict__.update(fresh.__dict__)

    @precondition(lambda self: len(self.jobs) < JOBS and not self.off)
    @rule(exact=st.booleans())
    def submit(self, exact: bool = False) -> None:
        """Exact ones are all the same computation."""
        shots = None if exact else 10
        spec = JobSpec(source=self.source, points=[[0.6]] * POINTS, shots=shots)
        self.jobs.append(job_submit(project=self.project, spec=spec, by=self.user).pk)

    @precondition(lambda self: self.jobs)
    @rule(
        which=st.integers(0, JOBS - 1),
        fates=st.lists(st.sampled_from(FATES), max_size=3),
        poll=st.sampled_from(POLLS),
    )
    def tick(self, which: int, fates: list[str], poll: str) -> None:
        """Whoever had the job is past its lease; another worker takes the next step."""
        self.vendor.fates, self.vendor.polls = list(fates), [poll]
        self._step(self.jobs[which % len(self.jobs)])

    def _step(self, job_id: UUID) -> None:
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=job_id).update(lease_until=past, next_run_at=past)
        self.asleep.append(job_id)
        with suppress(Killed):
            step(str(job_id), owner=f"w{len(self.asleep)}")
        self.asleep.pop()

    def _nap(self) -> None:
        """The worker that talks to the vendor sleeps past its lease, and another one works."""
        if len(self.asleep) <= DEEPEST_NAP:
            self._step(self.asleep[-1])

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, JOBS - 1), act=st.sampled_from([job_cancel, job_hold, job_release]))
    def person(self, which: int, act: Any) -> None:
        job = Job.objects.get(pk=self.jobs[which % len(self.jobs)])
        more = {"why": "x"} if act is job_hold else {}
        with suppress(NotPossible):
            act(job=job, by=self.user, **more)

    @rule(code=st.sampled_from(CODES))
    def switch(self, code: str) -> None:
        """Turn it off, or on again."""
        on = self.off.pop(code, None) is not None
        if not on:
            self.off[code] = self.vendor.posts
        Switch(code=code, project=self.project, backend="memory").turn(on=on)

    @rule(word=st.sampled_from(["COMPLETED", "COMPLETED", "FAILED"]))
    def vendor_works(self, word: str) -> None:
        self.vendor.end(word)

    @rule(surcharge=st.sampled_from([-PRICE, 0, 1, PRICE]))
    def vendor_changes_its_bill(self, surcharge: int) -> None:
        self.vendor.surcharge(surcharge)
        self.prices.add(PRICE + surcharge)

    @precondition(lambda self: self.jobs)
    @rule(which=st.integers(0, JOBS - 1), poll=st.sampled_from(["ok", "killed"]))
    def look_at_bills(self, which: int, poll: str) -> None:
        self.vendor.polls = [poll]
        self._look(self.jobs[which % len(self.jobs)])

    def _look(self, job_id: UUID) -> None:
        past = timezone.now() - timedelta(seconds=1)
        rows = Submission.objects.filter(job=job_id, bill_due_at__isnull=False)
        rows.update(bill_due_at=past)
        for pk in rows.values_list("pk", flat=True):
            with suppress(Killed):
                reconcile(str(pk))

    @rule()
    def time_passes(self) -> None:
        """Long enough for the list to show every run, and for every quarantine."""
        for run in self.vendor.runs.values():
            run.listed = True
        for row in Submission.objects.filter(job__in=self.jobs):
            Submission.objects.filter(pk=row.pk).update(
                started_at=row.started_at - timedelta(seconds=1000)
            )

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        live = [run for run in self.vendor.runs.values() if run.word != "CANCELLED"]
        parts = Counter(run.token.rsplit("-", 1)[0] for run in live)
        assert all(count == 1 for count in parts.values()), f"bought twice: {parts}"

    @invariant()
    def nothing_is_sent_while_it_is_off(self) -> None:
        assert all(posts == self.vendor.posts for posts in self.off.values())

    @invariant()
    def the_same_is_computed_by_one_at_a_time(self) -> None:
        """Except where one was held, and another took its place."""
        begun = Job.objects.filter(shots=None, started_at__isnull=False, state__in=ACTIVE)
        assert begun.exclude(events__to_state=State.HOLD).count() <= 1

    @invariant()
    def what_is_over_is_paid_as_billed(self) -> None:
        for row in Submission.objects.filter(settled_at__isnull=False):
            if row.remote_id is None:
                forgotten = [run for run in self.vendor.runs.values() if run.token == row.token]
                assert all(run.word == "CANCELLED" for run in forgotten), f"{row.state}: forgotten"
                assert row.settled_cost == 0
            else:
                run = self.vendor.runs[row.remote_id]
                assert run.word != "QUEUED", f"{row.state}, and it still runs"
                charged = {0} if run.word == "CANCELLED" else self.prices
                assert {row.settled_cost, row.cost} <= charged

    @invariant()
    def what_is_written_once_stays(self) -> None:
        for pk, remote_id in Submission.objects.values_list("pk", "remote_id"):
            assert self.remote.get(pk) in {None, remote_id}
            self.remote[pk] = remote_id
        for pk, fence in Job.objects.values_list("pk", "fence"):
            assert fence >= self.fences.get(pk, 0)
            self.fences[pk] = fence

    @invariant()
    def the_database_is_sound(self) -> None:
        assert audit() == []

    def teardown(self) -> None:
        try:
            self._everything_ends()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def _everything_ends(self) -> None:
        """Nothing is lost: with a kind vendor and a person, all end, and spent is the bill."""
        self.vendor.fates, self.vendor.polls = [], []
        for code in list(self.off):
            self.switch(code)
        for _ in range(8 * POINTS * JOBS):
            if not Job.objects.filter(pk__in=self.jobs, state__in=ACTIVE).exists():
                break
            self.time_passes()
            self.vendor.end()
            for job in Job.objects.filter(pk__in=self.jobs):
                with suppress(NotPossible):
                    job_release(job=job, by=self.user)
                self._step(job.pk)
        for job_id in self.jobs:
            self._look(job_id)
        self.the_database_is_sound()
        ended = Job.objects.filter(pk__in=self.jobs)
        assert all(job.is_terminal for job in ended), [job.state for job in ended]
        budget = Budget.objects.get()
        paid = (budget.reserved, budget.spent) == (0, self.vendor.bill)
        assert paid, f"spent {budget.spent} is not the bill, {self.vendor.bill}"
        computed = sum(POINTS - job.points_reused for job in ended if job.state == State.DONE)
        assert Measurement.objects.filter(job__in=self.jobs).count() >= computed


@pytest.fixture
def machine(vendor: Vendor, project: Project, user: User) -> Callable[[], Machine]:
    vendor.paid = True
    spending_rule_set(project=project, by=user, paid_sources=True)
    budget_set(
        scope=project,
        unit=Unit.MONEY,
        period=Period.TOTAL,
        limit=10 * JOBS * POINTS * PRICE,
        per_job=None,
        by=user,
    )
    source = source_create(
        project=project, name="qpu", role="device", backend="memory", method="vqe", by=user
    )
    return lambda: Machine(project, source, user, vendor)


SETTINGS = settings(
    max_examples=10,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_history_loses_a_job_or_buys_one_twice(machine: Callable[[], Machine]) -> None:
    run_state_machine_as_test(machine, settings=SETTINGS)  # type: ignore[arg-type]  # any factory


def test_a_fresh_token_per_try_is_found(
    machine: Callable[[], Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = MemoryBackend.submit

    def submit(self: MemoryBackend, experiment: Any, options: Any, *, token: str) -> Any:
        return plain(self, experiment, options, token=f"{token}.{memory_vendor.VENDOR.posts}")

    monkeypatch.setattr(MemoryBackend, "submit", submit)
    history = machine()
    history.start(Idempotency.TOKEN)
    history.submit()
    history.tick(0, ["lost_after"], "ok")
    history.nothing_is_bought_twice()
    history.tick(0, [], "ok")
    with pytest.raises(AssertionError, match="bought twice"):
        history.nothing_is_bought_twice()
