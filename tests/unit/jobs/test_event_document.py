"""Events as they are sent: those of jobs, and those of what else has a state."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from qtwin.jobs.feed import Row
from qtwin.jobs.states import State as JobState
from qtwin.jobs.stream import encode
from qtwin.training.states import State

SOME = UUID(int=7)


def sent(kind: str, to: str, job: UUID | None = None) -> str | None:
    """What an event says that something became."""
    row: Row = {
        "id": 3,
        "project_id": SOME,
        "job_id": job,
        "kind": kind,
        "from_state": "",
        "to_state": to,
        "data": {},
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    lines = encode(row).decode().splitlines()
    assert lines[:2] == ["id: 3", f"event: {kind}"]
    found: str | None = json.loads(lines[2].removeprefix("data: "))["to"]
    return found


@pytest.mark.parametrize(
    "kind", ["world", "training", "evaluation", "report", "classifier", "loop"]
)
def test_every_state_of_what_is_trained_can_be_sent(kind: str) -> None:
    assert [sent(f"{kind}.state", state) for state in State.values] == State.values


def test_states_of_jobs_are_sent_as_people_read_them() -> None:
    assert sent("job.state", JobState.DONE, SOME) == "succeeded"
    assert sent("job.progress", "", SOME) is None
