"""Rows of the append-only table of events, in the words in which webhooks are told of them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid5

from qtwin.jobs.models import Event
from qtwin.jobs.states import State
from qtwin.webhooks.kinds import Kind
from qtwin.webhooks.models import Webhook

SPACE = UUID("6f0a3c1e-6f0b-5d0e-9d36-5a1f3b7c2e11")
JOBS = {
    State.DONE: Kind.JOB_SUCCEEDED,
    State.FAILED: Kind.JOB_FAILED,
    State.HOLD: Kind.JOB_HELD,
}
ENDED = {"done", "failed", "cancelled"}


def kind_of(event: Event) -> Kind | None:
    """What a row is told as; None for what is not told."""
    if event.kind == "job.state":
        return JOBS.get(State(event.to_state))
    if event.kind == "campaign.state":
        return Kind.CAMPAIGN_ENDED if event.data.get("state") in ENDED else None
    return Kind(event.kind) if event.kind in Kind.values else None


def event_id(event: Event) -> UUID:
    """The same each time, and nothing of how many events there are."""
    return uuid5(SPACE, f"event:{event.pk}")


def body_of(event: Event, kind: Kind) -> str:
    """The message, which is kept and sent as it is each time."""
    data: dict[str, Any] = {"project": {"id": str(event.project_id), "name": event.project.name}}
    if event.job is not None:
        job = event.job
        data["job"] = {"id": str(job.pk), "source": job.source_revision.source.name}
        if event.kind == "job.state":
            data["job"] |= {"state": kind.value.removeprefix("job."), **_why(event)}
    if event.kind != "job.state":
        data[event.kind.partition(".")[0]] = event.data
    return _text(kind, event.created_at.isoformat(), {"team": str(event.project.team_id), **data})


def test_body(webhook: Webhook, at: str) -> str:
    """What a person asked for, to see whether it arrives."""
    return _text(Kind.TEST, at, {"team": str(webhook.team_id), "webhook": str(webhook.pk)})


def _why(event: Event) -> dict[str, str]:
    code = event.data.get("reason_code", "")
    return {"reason_code": code} if code else {}


def _text(kind: Kind, at: str, data: dict[str, Any]) -> str:
    return json.dumps({"type": kind.value, "timestamp": at, "data": data}, allow_nan=False)
