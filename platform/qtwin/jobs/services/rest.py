"""Giving a job back without a change of state."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from qtwin.jobs.models import Job
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.services.move import LeaseLost


def rest(job: Job, *, wait_s: float, code: str = "", reason: str = "", crashes: int = 0) -> None:
    """Give the lease back; the job is due again after ``wait_s`` seconds.

    Args:
        crashes: How often in a row this step has ended badly so far.

    Raises:
        LeaseLost: If somebody else has it.
    """
    fields = {
        "lease_until": NEVER,
        "lease_owner": "",
        "next_run_at": Now() + timedelta(seconds=wait_s),
        "crash_count": crashes,
        "reason_code": code,
        "reason": reason,
    }
    if not Job.objects.filter(pk=job.pk, fence=job.fence, state=job.state).update(**fields):
        raise LeaseLost(f"job {job.pk} at fence {job.fence}")
    job.refresh_from_db(fields=list(fields))
