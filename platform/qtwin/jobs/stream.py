"""An event as a server-sent one."""

from __future__ import annotations

import json
from typing import Any

from qtwin.jobs.feed import Row
from qtwin.jobs.states import SHOWN, State

CONTENT_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0
HEARTBEAT = b": still here\n\n"
RETRY = b"retry: 2000\n\n"
"""After how many milliseconds a client comes back."""


def encode(row: Row) -> bytes:
    """Its id, so that a client can go on after it, its kind, and a JSON document."""
    text = json.dumps(document(row))
    return f"id: {row['id']}\nevent: {row['kind']}\ndata: {text}\n\n".encode()


def document(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "project": str(row["project_id"]),
        "job": str(row["job_id"]) if row["job_id"] else None,
        "from": _shown(row["from_state"]),
        "to": _shown(row["to_state"]),
        "data": row["data"],
        "created_at": row["created_at"].isoformat(),
    }


def start_after(last_event_id: str) -> int | None:
    """The number in a ``Last-Event-ID``; None for none, and for what nobody was ever sent."""
    text = last_event_id
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None


def _shown(state: str) -> str | None:
    """A job's state as people read it; that of a world, a run or a loop as it is."""
    return SHOWN[State(state)] if state in State.values else state or None
