"""A vendor's queue in memory: it loses what it is told to lose, and keeps the bill."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from backends.base import Backend, Capabilities, Handle, Idempotency, Kind
from backends.errors import (
    BackendUnavailable,
    CredentialRefused,
    NotCreated,
    ProgramRejected,
)
from backends.remote import Queue, RemoteStatus, Report, status_of
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions

PRICE = 300_000
"""Micro-USD of one run."""

WORDS = {
    "QUEUED": RemoteStatus.WAITING,
    "COMPLETED": RemoteStatus.COMPLETED,
    "FAILED": RemoteStatus.FAILED,
    "CANCELLED": RemoteStatus.CANCELLED,
}


class Killed(KeyboardInterrupt):
    """The process that asks the vendor is killed: nothing after this happens in it."""


REFUSALS = {
    "credential": CredentialRefused("401: bad key"),
    "rejected": ProgramRejected("400: too deep"),
    "refused": NotCreated("connection refused"),
    "busy": NotCreated("429", retry_after_s=7.0),
}


@dataclass
class Run:
    token: str
    payload: bytes
    listed: bool = True
    word: str = "QUEUED"
    surcharge: int = 0

    @property
    def cost(self) -> int | None:
        """What it costs by now; None until it has ended, or where it was cancelled."""
        return PRICE + self.surcharge if self.word in {"COMPLETED", "FAILED"} else None


@dataclass
class Vendor:
    """What becomes of posts and polls is a list of fates, then all goes well.

    A post is ok, refused, busy, rejected, or refused for its credential; it is lost, its sender is
    killed, or naps, before or after it was accepted. A poll is ok, or its sender is killed or naps.

    Attributes:
        qpu_s: For how long each run that ended used a QPU; None while that is not counted.
    """

    idempotency: Idempotency = Idempotency.TOKEN
    queue: Queue = field(default_factory=lambda: Queue(vendor="memory", list_lag_s=30.0))
    fates: list[str] = field(default_factory=list)
    polls: list[str] = field(default_factory=list)
    nap: Callable[[], None] = lambda: None
    paid: bool = False
    runs: dict[str, Run] = field(default_factory=dict)
    posts: int = 0
    cancels: list[str] = field(default_factory=list)
    listing_lags: bool = False
    answers: bool = True
    locked: bool = False
    qpu_s: float | None = None

    @property
    def bill(self) -> int:
        return sum(run.cost or 0 for run in self.runs.values())

    def post(self, token: str, payload: bytes) -> str:
        """Create a run, or give the one that has the token already."""
        self.posts += 1
        fate = self.fates.pop(0) if self.fates else "ok"
        if fate in REFUSALS:
            raise REFUSALS[fate]
        self._befall(fate, "before")
        remote_id = self.create(token, payload)
        self._befall(fate, "after")
        return remote_id

    def _befall(self, fate: str, when: str) -> None:
        """What happens to the request or its answer, and to who waits for it."""
        match fate.removesuffix(f"_{when}"):
            case "lost":
                raise TimeoutError("no answer")
            case "killed":
                raise Killed
            case "nap":
                self.nap()

    def poll(self, remote_id: str) -> Run:
        """A run as it stands."""
        match self.polls.pop(0) if self.polls else "ok":
            case "killed":
                raise Killed
            case "nap":
                self.nap()
        return self.runs[remote_id]

    def create(self, token: str, payload: bytes) -> str:
        if self.idempotency is Idempotency.TOKEN:
            for remote_id, run in self.runs.items():
                if run.token == token:
                    return remote_id
        remote_id = f"R{len(self.runs)}"
        self.runs[remote_id] = Run(token, payload, listed=not self.listing_lags)
        return remote_id

    def surcharge(self, micro_usd: int) -> None:
        """Charge so much more than at first for every run that has ended, or less."""
        for run in self.runs.values():
            if run.word in {"COMPLETED", "FAILED"}:
                run.surcharge = micro_usd

    def spoil(self, **more: object) -> None:
        """Make every result one that its reader dies on, or takes too much for."""
        for run in self.runs.values():
            run.payload = json.dumps({**json.loads(run.payload), **more}).encode()

    def end(self, word: str = "COMPLETED") -> None:
        """End every run that waits."""
        for run in self.runs.values():
            if run.word == "QUEUED":
                run.word = word


VENDOR = Vendor()


def reset() -> Vendor:
    """An empty vendor, in the place of the one before."""
    fresh = Vendor()
    VENDOR.__dict__.update(fresh.__dict__)
    return VENDOR


class MemoryBackend(Backend):
    """The adapter, as short as one can be."""

    name = "memory"
    title = "Vendor in memory"

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]  # changes between tests
        return Capabilities(
            kind=Kind.QPU,
            methods=("vqe",),
            max_shots=100_000,
            exact=True,
            paid=VENDOR.paid,
            idempotency=VENDOR.idempotency,
            queue=VENDOR.queue,
        )

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        return Cost(money_micro_usd=PRICE * len(experiment.points))

    def authorise(self, secret: str) -> None:
        VENDOR.locked = secret != "right"

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Handle:
        self._reach()
        body = {
            "values": np.full(experiment.shape, -1.0).tolist(),
            "shots": options.shots,
            "seed": options.seed,
        }
        remote_id = VENDOR.post(token, json.dumps(body).encode())
        return Handle(backend=self.name, remote_id=remote_id)

    def fetch(self, handle: Handle) -> Report:
        self._reach()
        run = VENDOR.poll(handle.remote_id)
        status = status_of(run.word, WORDS)
        completed = status is RemoteStatus.COMPLETED
        return Report(
            status=status,
            word=run.word,
            payload=run.payload if completed else None,
            cost_micro_usd=run.cost,
            qpu_seconds=None if run.cost is None else VENDOR.qpu_s,
            wait_s=600.0 if status is RemoteStatus.WAITING else None,
        )

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        body = json.loads(payload)
        if "abort" in body:
            os.abort()
        time.sleep(body.get("sleep_s", 0.0))
        hoard = [0] * body.get("hoard", 0)
        values, now = np.asarray(body["values"], dtype=np.float64), datetime.now(UTC)
        return Result(
            values=values,
            std_errors=np.full(values.shape, 0.0 if body["shots"] is None else 0.01),
            options=RunOptions(shots=body["shots"], seed=body["seed"]),
            provenance=Provenance(
                backend=self.name,
                versions={"memory": "1"},
                started_at=now,
                finished_at=now,
                details={"hoard": len(hoard)},
            ),
        )

    def cancel(self, handle: Handle) -> None:
        self._reach()
        VENDOR.cancels.append(handle.remote_id)
        run = VENDOR.runs[handle.remote_id]
        if run.word == "QUEUED":
            run.word = "CANCELLED"

    def find(self, tag: str, since: datetime) -> list[Handle]:
        self._reach()
        if VENDOR.idempotency is Idempotency.NONE:
            raise NotImplementedError
        return [
            Handle(backend=self.name, remote_id=remote_id)
            for remote_id, run in VENDOR.runs.items()
            if run.token == tag and run.listed and run.word != "CANCELLED"
        ]

    def _reach(self) -> None:
        if VENDOR.locked:
            raise CredentialRefused("403: bad key")
        if not VENDOR.answers:
            raise BackendUnavailable("the vendor does not answer")
