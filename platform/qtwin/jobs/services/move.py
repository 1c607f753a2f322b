"""The only way in which a job changes state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import DurationField, F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from qtwin.insert import insert
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.services.spending import spending_close
from qtwin.jobs.states import MOVES, SHOWN, TERMINAL
from qtwin.metrics.metric import wanted
from qtwin.metrics.work import JOB_SECONDS
from qtwin.prepared import Slot, change_row

AFTER = Now() + Slot("wait", DurationField())
NOW = Now()
"""For no wait: SQLite writes a sum with more digits, which is later within a millisecond."""

STARTED = Coalesce(F("started_at"), Now())


class LeaseLost(Exception):
    """Somebody else holds the job now, or it moved on; drop what you have."""


def move(
    job: Job,
    to: State,
    *,
    expect: Mapping[str, Any] | None = None,
    guard: Q | None = None,
    keep_lease: bool = False,
    wait_s: float = 0.0,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Compare-and-set ``state`` under the fence, and append its event, in one transaction.

    A move to an end settles what the job's submissions cost and releases the rest, so they must
    be settled before.

    Args:
        expect: What other columns must be, in the same UPDATE.
        guard: What else must hold there; a constant.
        keep_lease: The caller goes on working; otherwise the lease is given back.
        wait_s: When the job is next due, from now.
        data: Facts for the event.
        fields: Other columns to set: to values, or to constant expressions.

    Raises:
        LeaseLost: If the fence, the state or the guard no longer holds. Nothing was written.
        ValueError: If no such move exists.
    """
    before = State(job.state)
    if to not in MOVES[before]:
        raise ValueError(f"no move from {before} to {to}; allowed: {sorted(MOVES[before])}")
    fields |= {"state": to.value, "next_run_at": AFTER if wait_s else NOW}
    if not keep_lease:
        fields |= {"lease_until": NEVER, "lease_owner": ""}
    if to in TERMINAL:
        fields["finished_at"] = Now()
    held = {"fence": job.fence, "state": before, **(expect or {})}
    wait = timedelta(seconds=wait_s)
    with transaction.atomic(savepoint=False):
        moved = change_row(job, where=held, fields=fields, guard=guard, wait=wait)
        if moved:
            event = Event(
                project_id=job.project_id,
                job_id=job.pk,
                kind="job.progress" if to == before else "job.state",
                from_state=before.value,
                to_state=to.value,
                fence=job.fence,
                data=data or {},
            )
            insert([event])
            if to in TERMINAL:
                spending_close(job)
                if wanted():
                    transaction.on_commit(partial(_tell, job, to))
    if not moved:  # outside, as there is nothing of a caller's transaction to undo
        raise LeaseLost(f"job {job.pk} at fence {job.fence}")


def _tell(job: Job, state: State) -> None:
    seconds = (timezone.now() - job.created_at).total_seconds()
    backend = job.source_revision.backend
    JOB_SECONDS.observe(seconds, backend=backend, state=SHOWN[state])
