"""The client of Google's Quantum Engine against the loopback service of its interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from backends import registry
from backends.base import Backend
from backends.qpu.google_wire import URL
from backends.schema import Experiment
from tests.contract.cases import QUENCH, experiment_of
from tests.contract.remote.fault import BOUGHT, Fault
from tests.contract.remote.vendor import Post, SetEnv, Vendor
from tests.unit.backends.qpu.google_case import CANARY, SECRET
from tests.vendors.google import PROCESSOR, GoogleVendor, bytes_of
from tests.vendors.google.server import POST, methods_of_the_service

CHANGES: dict[Fault, Callable[[bytes], bytes]] = {
    Fault.MALFORMED: lambda data: data[: len(data) // 2],
    Fault.OVERSIZED: lambda data: data + b" " * (3 << 20),
    Fault.WRONG_WIDTH: bytes_of.narrower,
    Fault.WRONG_SHOTS: bytes_of.fewer,
}
REFUSALS = {
    Fault.DROP_BEFORE: "UNAVAILABLE",
    Fault.DROP_AFTER: "UNAVAILABLE",
    Fault.ERROR_AFTER: "INTERNAL",
    Fault.AWAY: "UNAVAILABLE",
    Fault.REJECTED: "INVALID_ARGUMENT",
}
"""Of a request for a job, in gRPC's words; the connection breaks where it drops."""


class Google(Vendor):
    """A processor that takes a job of one program."""

    title = "google"
    canary = CANARY
    circuits = True
    lacks: ClassVar[Mapping[Fault, str]] = {
        Fault.BUSY: "Google documents no answer that promises that nothing was made",
        Fault.LIST_LAG: "a run is asked for by its id, which is our token, and no list is read",
    }
    untold: ClassVar[Mapping[str, str]] = {
        "queue": "the client does not tell how many jobs wait",
        "price": "Google publishes none",
    }

    def __init__(self, server: GoogleVendor) -> None:
        self.server = server

    @classmethod
    @contextmanager
    def started(cls, folder: Path, setenv: SetEnv) -> Iterator[Self]:
        with GoogleVendor() as server:
            setenv(URL, server.address)
            yield cls(server)

    def backend(self) -> Backend:
        backend = registry.get("google")
        backend.authorise(SECRET)
        return backend

    @property
    def settings(self) -> dict[str, Any]:
        return {"device": PROCESSOR}

    @property
    def experiment(self) -> Experiment:
        return experiment_of(
            "trotter",
            system={**QUENCH, "sites": 2, "state": {**QUENCH["state"], "initial": "0+"}},
            points=np.array([[0.6], [1.3]]),
            settings=self.settings,
            knobs=("trotter_steps",),
            knob_values=np.ones((2, 1)),
        )

    def switch(self, *faults: Fault) -> None:
        import grpc

        server, every = self.server, methods_of_the_service()
        words = [REFUSALS[fault] for fault in faults if fault in REFUSALS]
        server.failing = {POST: grpc.StatusCode[words[0]]} if words else {}
        if Fault.REFUSED in faults:
            server.failing = dict.fromkeys(every, grpc.StatusCode.UNAUTHENTICATED)
        if Fault.BROKEN_READ in faults:
            reads = [name for name in every if not name.startswith("Create")]
            server.failing = dict.fromkeys(reads, grpc.StatusCode.UNAVAILABLE)
        server.dropping = bool({Fault.DROP_BEFORE, Fault.DROP_AFTER} & set(faults))
        server.after = bool(set(BOUGHT) & set(faults))
        server.once_only = Fault.ONCE_ONLY in faults
        server.forgets = Fault.PURGED in faults
        server.ending = 99 if Fault.UNKNOWN_STATUS in faults else "SUCCESS"
        if Fault.FAILED in faults:
            server.ending = "FAILURE"
        changes = [CHANGES[fault] for fault in faults if fault in CHANGES]
        server.changed = changes[0] if changes else lambda data: data
        server.ready = Fault.SLOW not in faults

    @property
    def posts(self) -> list[Post]:
        return [Post(token=token, run=run) for token, run in self.server.posts]

    @property
    def requests(self) -> int:
        return self.server.calls.total()

    def stop(self) -> None:
        self.server.stop()
