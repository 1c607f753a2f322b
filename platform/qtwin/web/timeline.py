"""A job's events as sentences. Progress in a row is one line: the last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qtwin.jobs.models import Event, Job, State
from qtwin.projects.models import Unit
from qtwin.projects.refusal import amount_text

SENTENCES = {
    State.QUEUED: "Back in the queue",
    State.RUNNING: "Started",
    State.SUBMITTING: "Being handed to the backend",
    State.SUBMITTED: "Accepted by the backend",
    State.FETCHED: "Result received",
    State.HOLD: "Held for a person to decide",
    State.DONE: "Succeeded",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
}
FIXED = {
    "job.cancel": ("cancelled", "Cancellation asked for"),
    "job.release": ("queued", "Release asked for; the vendor is asked first"),
    "budget.low": ("held", "It took a budget to four fifths of its limit"),
    "budget.overdrawn": ("failed", "Its bill took a budget above its limit"),
    "comment.written": ("", "Somebody commented"),
    "bill.unknown": ("held", "The vendor does not say what it charges in the end"),
}
"""Icon and sentence of kinds that say nothing else."""

ICONS = {
    State.QUEUED: "queued",
    State.HOLD: "held",
    State.DONE: "succeeded",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``state`` names both the icon and its colour; empty for what is no change of state."""

    state: str
    sentence: str
    at: datetime
    progress: bool = False


def timeline(job: Job, events: Iterable[Event]) -> list[Entry]:
    """What happened to the job, oldest first."""
    entries: list[Entry] = []
    for event in events:
        entry = _entry(job, event)
        if entry.progress and entries and entries[-1].progress:
            entries.pop()
        entries.append(entry)
    return entries


def _entry(job: Job, event: Event) -> Entry:
    at = event.created_at
    if event.kind in FIXED:
        state, sentence = FIXED[event.kind]
        return Entry(state=state, sentence=sentence, at=at)
    if event.kind in FACTS:
        return Entry(state="", sentence=FACTS[event.kind](job, event.data), at=at)
    if event.kind == "job.progress":
        done = event.data.get("points_done")
        if done is None:
            return Entry(state="", sentence=str(event.data.get("reason", "Still going")), at=at)
        return Entry(
            state="", sentence=f"{done} of {job.points_total} points", at=at, progress=True
        )
    if event.kind == "job.state" and event.to_state:
        to = State(event.to_state)
        return Entry(state=ICONS.get(to, "running"), sentence=_sentence(job, event, to), at=at)
    return Entry(state="", sentence=event.kind.replace(".", " "), at=at)


def _reused(job: Job, data: Mapping[str, Any]) -> str:
    return f"{data['points']} of {job.points_total} points were known"


def _corrected(job: Job, data: Mapping[str, Any]) -> str:
    unit = Unit(data.get("unit", Unit.MONEY))
    before, after = (amount_text(data[name], unit) for name in ("before_micro", "after_micro"))
    return f"{data['vendor']} changed its bill from {before} to {after}"


FACTS = {"job.reuse": _reused, "bill.corrected": _corrected}
"""What is said of kinds by what the event holds."""


def _sentence(job: Job, event: Event, to: State) -> str:
    reason = event.data.get("reason") or (job.reason if job.state == to else "")
    if to == State.QUEUED:
        return _queued(event)
    if to == State.DONE:
        answered = job.points_total - job.points_failed
        points = f"{answered} of {job.points_total} points"
        return f"Ended: {points} have an answer" if job.points_failed else f"Succeeded: {points}"
    if to in {State.FAILED, State.HOLD} and reason:
        return f"{SENTENCES[to]}: {reason}"
    return SENTENCES[to]


def _queued(event: Event) -> str:
    if "approved" in event.data:
        return f"Approved: at most {event.data['approved']}"
    if "released" in event.data:
        return "Released"
    return SENTENCES[State.QUEUED] if event.from_state else "Queued"
