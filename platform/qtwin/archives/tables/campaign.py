"""Campaigns with their steps, decisions and runs, and the schedules that start them."""

from __future__ import annotations

from qtwin.archives.tables.table import Table, of
from qtwin.campaigns.models import Campaign, Decision, Entry, Retry, Run, Schedule, Step

SINCE = 2
_POINTS = ("points_total", "points_measured", "points_failed")

SCHEDULES = Table(
    name="schedules",
    what="Campaigns that start by themselves, and what triggers each",
    model=Schedule,
    rows=of(Schedule, "project"),
    owner="project",
    key="id",
    columns=(
        *("id", "name", "steps", "every_hours", "next_at", "on_calibration", "active", "fired"),
        *("problem", "created_at", "removed_at"),
    ),
    since=SINCE,
)
CAMPAIGNS = Table(
    name="campaigns",
    what="Jobs that were made by a plan, and how it ended",
    model=Campaign,
    rows=of(Campaign, "project"),
    owner="project",
    key="id",
    columns=(
        *("id", "name", "occasion", "columns", "state", "reason"),
        *("created_at", "cancel_requested_at", "finished_at"),
    ),
    links={"schedule": "schedules"},
    since=SINCE,
)
STEPS = Table(
    name="steps",
    what="The steps of each campaign: a sweep or a closed loop",
    model=Step,
    rows=of(Step, "campaign__project"),
    key="id",
    serial=True,
    columns=(
        *("id", "position", "name", "kind", "spec", "after", "when", "state", "reason", "sigma"),
        *("spent", "runs_total", "runs_ended", *_POINTS),
    ),
    links={"campaign": "campaigns"},
    since=SINCE,
)
DECISIONS = Table(
    name="decisions",
    what="What closed loops decided, from which version of the twin, and why",
    model=Decision,
    rows=of(Decision, "step__campaign__project"),
    key="id",
    serial=True,
    columns=("id", "number", "version", "why", "sigma", "cost", "stop", "plan", "created_at"),
    links={"step": "steps"},
    ids_inside=("plan",),
    since=SINCE,
)
ENTRIES = Table(
    name="entries",
    what="The points of each step, in chunks",
    model=Entry,
    rows=of(Entry, "campaign__project"),
    key="id",
    serial=True,
    columns=("id", "number", "points"),
    links={"campaign": "campaigns", "step": "steps", "decision": "decisions"},
    since=SINCE,
)
CAMPAIGN_RUNS = Table(
    name="campaignruns",
    what="Each entry at each source, with its job",
    model=Run,
    rows=of(Run, "campaign__project"),
    key="id",
    serial=True,
    columns=(
        *("id", "number", "column", "knobs", "shots", "seed", "state", "reason", *_POINTS),
        *("points_kept", "retried"),
    ),
    links={"campaign": "campaigns", "entry": "entries", "source": "sources", "job": "jobs"},
    since=SINCE,
)
RETRIES = Table(
    name="retries",
    what="Runs that were made again, with the job that each had before",
    model=Retry,
    rows=of(Retry, "run__campaign__project"),
    columns=("number", "created_at"),
    links={"run": "campaignruns", "job": "jobs"},
    since=SINCE,
)
