"""The adapter of the vendor: every answer and every failure becomes what the port says it means."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np

from backends.base import Backend, Capabilities, Handle, Idempotency, Kind
from backends.errors import (
    BackendUnavailable,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)
from backends.remote import Queue, RemoteStatus, Report, status_of
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from tests.faults.chaos.points import BEFORE_POST, NOT_CREATED, point
from tests.faults.vendor.answers import cost_micro_usd

ADDRESS = "QTWIN_MOCK_VENDOR"
LAG_S = "QTWIN_MOCK_VENDOR_LAG_S"
BILL_LAG_S = "QTWIN_MOCK_VENDOR_BILL_LAG_S"
TIMEOUT_S = 2.0
WORDS = {
    "QUEUED": RemoteStatus.WAITING,
    "COMPLETED": RemoteStatus.COMPLETED,
    "CANCELLED": RemoteStatus.CANCELLED,
}
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def able(idempotency: Idempotency) -> Capabilities:
    return Capabilities(
        kind=Kind.QPU,
        methods=("vqe",),
        max_shots=100_000,
        paid=True,
        idempotency=idempotency,
        queue=Queue(
            vendor="mock",
            request_timeout_s=TIMEOUT_S,
            list_lag_s=float(os.environ.get(LAG_S, "1")),
            max_points=2,
            bill_lag_s=float(os.environ.get(BILL_LAG_S, "0")),
        ),
    )


class MockVendor(Backend):
    """A vendor that recognises tokens."""

    name = "mock-qpu"
    capabilities = able(Idempotency.TOKEN)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Handle:
        body = {
            "token": token,
            "tag": token,
            "shots": options.shots,
            "seed": options.seed,
            "program": _program(experiment),
        }
        point(BEFORE_POST)
        try:
            answer = self._call("POST", "/tasks", json=body)
        except NEVER_SENT as error:
            raise NotCreated(f"the vendor cannot be reached: {error}") from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(f"the vendor did not answer: {type(error).__name__}") from error
        point("after the post", may_pause=True)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            point(NOT_CREATED)
            raise NotCreated("the vendor has too many requests")
        if answer.is_server_error:
            raise OutcomeUnknown(f"the vendor answered {answer.status_code}")
        if answer.is_client_error:
            raise ProgramRejected(str(answer.json()["error"]))
        return Handle(backend=self.name, remote_id=answer.json()["id"])

    def fetch(self, handle: Handle) -> Report:
        with self._reading():
            answer = self._checked("GET", f"/tasks/{handle.remote_id}")
        task = answer.json()
        status = status_of(task["status"], WORDS)
        return Report(
            status=status,
            word=task["status"],
            payload=answer.content if status is RemoteStatus.COMPLETED else None,
            cost_micro_usd=task.get("cost"),
        )

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        task = json.loads(payload)
        began, ended = (
            datetime.fromtimestamp(task[name], UTC) for name in ("started_at", "finished_at")
        )
        return Result(
            values=np.array(task["values"]),
            std_errors=np.array(task["std_errors"]),
            mixed_values=np.zeros(experiment.shape),
            options=options,
            provenance=Provenance(
                backend=self.name,
                versions={"mock": "1"},
                started_at=began,
                finished_at=ended,
                remote_id=task["id"],
            ),
        )

    def cancel(self, handle: Handle) -> None:
        with self._reading():
            self._checked("POST", f"/tasks/{handle.remote_id}/cancel")

    def find(self, tag: str, since: datetime) -> list[Handle]:
        with self._reading():
            tasks = self._checked("GET", "/tasks", params={"tag": tag}).json()
        return [
            Handle(backend=self.name, remote_id=task["id"])
            for task in tasks
            if task["created"] >= since.timestamp() - 1
        ]

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        cost = cost_micro_usd(_program(experiment), shots=options.shots or 0)
        return Cost(seconds=1.0, money_micro_usd=cost)

    def _checked(self, verb: str, path: str, **more: Any) -> httpx.Response:
        answer = self._call(verb, path, **more)
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise CredentialRefused(f"the vendor answered {answer.status_code}")
        return answer.raise_for_status()

    def _call(self, verb: str, path: str, **more: Any) -> httpx.Response:
        """One request on a connection of its own, and no second try."""
        with httpx.Client(
            base_url=os.environ[ADDRESS],
            transport=httpx.HTTPTransport(verify=False, retries=0),  # no TLS; loading roots is slow
            timeout=TIMEOUT_S,
            trust_env=False,
        ) as client:
            return client.request(verb, path, **more)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            raise BackendUnavailable(f"the vendor did not answer: {error}") from error


class MockTagVendor(MockVendor):
    """A vendor that knows only tags."""

    name = "mock-qpu-tags"
    capabilities = able(Idempotency.TAG)


BACKENDS = {
    "mock-qpu": "tests.faults.vendor.backend:MockVendor",
    "mock-qpu-tags": "tests.faults.vendor.backend:MockTagVendor",
}


def _program(experiment: Experiment) -> dict[str, Any]:
    return {
        "points": experiment.points.tolist(),
        "knob_values": experiment.knob_values.tolist(),
        "observables": list(experiment.observables),
    }
