"""Giving a job back without a change of state."""

from __future__ import annotations

from datetime import timedelta

from qtwin.jobs.models import Job
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.services.move import AFTER, NOW, LeaseLost
from qtwin.prepared import change_row


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
        "next_run_at": AFTER if wait_s else NOW,
        "crash_count": crashes,
        "reason_code": code,
        "reason": reason,
    }
    held, wait = {"fence": job.fence, "state": job.state}, timedelta(seconds=wait_s)
    if not change_row(job, where=held, fields=fields, wait=wait):
        raise LeaseLost(f"job {job.pk} at fence {job.fence}")
