"""Every request, every post of a job, and every job that was bought."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4


@dataclass
class Job:
    """A job that was made.

    Attributes:
        seconds: Of QPU time that are charged.
        result: Its bytes, once it has run.
    """

    body: dict[str, Any]
    name: str = field(default_factory=lambda: "d" + uuid4().hex[:19])
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    running: datetime | None = None
    finished: datetime | None = None
    status: str = "Queued"
    reason: str = ""
    reason_code: int | None = None
    seconds: float = 0.0
    result: bytes | None = None

    @property
    def tags(self) -> list[str]:
        return list(self.body.get("tags", ()))

    @property
    def ended(self) -> bool:
        return self.finished is not None

    def end(self, status: str, *, reason: str = "") -> None:
        self.finished = datetime.now(UTC)
        self.status, self.reason = status, reason


@dataclass
class Session:
    """A session or batch that was opened."""

    mode: str
    longest_s: int | None
    name: str = field(default_factory=lambda: uuid4().hex)
    accepting: bool = True


@dataclass
class Books:
    """What arrived at the socket.

    Attributes:
        posts: Tag of each post of a job, with the id of the job that it made, or None.
        requests: Method and path.
    """

    posts: list[tuple[str, str | None]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def charged_s(self) -> float:
        """The bill, in QPU seconds."""
        return sum(job.seconds for job in self.jobs.values())
