"""What the jobs of a campaign have come to, written into its runs and counters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from qtwin.campaigns.models import Campaign, Run, Step
from qtwin.campaigns.states import RUN_ENDED, RunState
from qtwin.jobs.models import Job
from qtwin.jobs.models import State as JobState

CHANGING = ("state", "reason", "points_measured", "points_failed")
WIDE = ("knobs", "entry__points", "job__points", "job__knob_values")


def runs_observe(campaign: Campaign) -> int:
    """Follow the jobs of open runs; returns how many runs changed.

    Only runs whose job is open are read, of which there are never more than a campaign's window.
    """
    rows = campaign.runs.filter(job__isnull=False).exclude(state__in=RUN_ENDED)
    rows = rows.select_related("entry", "job").defer(*WIDE)
    return sum(run_set(run, **job_seen(run, run.job)) for run in rows if run.job is not None)


def job_seen(run: Run, job: Job) -> dict[str, Any]:
    """What a run's columns say of its job."""
    measured = run.points_kept + job.points_done - job.points_failed
    lost = job.state == JobState.FAILED
    return {
        "state": RunState(job.shown_state),
        "reason": job.reason if job.is_terminal else "",
        "points_measured": measured,
        "points_failed": run.points_total - measured if lost else job.points_failed,
    }


def run_set(run: Run, **seen: Any) -> bool:
    """Write a run's new columns, and the difference into the counters of its step."""
    before = {name: getattr(run, name) for name in CHANGING}
    changes = {name: value for name, value in seen.items() if value != before.get(name)}
    if not changes:
        return False
    ended = not run.has_ended and changes.get("state", run.state) in RUN_ENDED
    for name, value in seen.items():
        setattr(run, name, value)
    run.save(update_fields=list(seen))
    _count(run.entry.step_id, before, changes, ended=ended)
    return True


def _count(
    step_id: int, before: Mapping[str, Any], changes: Mapping[str, Any], *, ended: bool
) -> None:
    deltas: dict[str, Any] = {
        name: F(name) + changes[name] - before[name]
        for name in ("points_measured", "points_failed")
        if name in changes
    }
    if ended:
        deltas["runs_ended"] = F("runs_ended") + 1
    if deltas:
        Step.objects.filter(pk=step_id).update(**deltas)
