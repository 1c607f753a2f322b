"""Amazon Braket's loopback server in the suite: the real SDK talks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from backends import registry
from backends.base import Backend
from backends.schema import Experiment
from tests.contract.cases import experiment_of
from tests.contract.remote.fault import Fault
from tests.contract.remote.vendor import Post, SetEnv, Vendor
from tests.vendors.braket import BraketVendor, bytes_of
from tests.vendors.braket.keys import CANARY, KEY, SECRET

FATES = {
    Fault.DROP_BEFORE: "drop_before",
    Fault.DROP_AFTER: "drop_after",
    Fault.ERROR_AFTER: "error_after",
    Fault.AWAY: "away",
    Fault.BUSY: "busy",
    Fault.REJECTED: "rejected",
}
CHANGES: dict[Fault, Callable[[bytes], bytes]] = {
    Fault.MALFORMED: lambda data: data[: len(data) // 2],
    Fault.OVERSIZED: lambda data: data + b" " * (3 << 20),
    Fault.WRONG_WIDTH: bytes_of.narrower,
    Fault.WRONG_SHOTS: bytes_of.fewer,
}


class BraketGates(Vendor):
    """A gate device that takes program sets."""

    title = "braket"
    canary = CANARY
    circuits = True
    anchors = True
    name: ClassVar[str] = "braket"

    def __init__(self, server: BraketVendor) -> None:
        self.server = server

    @classmethod
    @contextmanager
    def started(cls, folder: Path, setenv: SetEnv) -> Iterator[Self]:
        with BraketVendor() as server:
            for name, value in server.environment().items():
                setenv(name, value)
            server.at_once = True
            yield cls(server)

    def backend(self) -> Backend:
        backend = registry.get(self.name)
        backend.authorise(SECRET)
        return backend

    @property
    def experiment(self) -> Experiment:
        return experiment_of("kicked", settings=self.settings).rows(0, 2)

    @property
    def settings(self) -> dict[str, Any]:
        return {"device": "iqm/Garnet"}

    def switch(self, *faults: Fault) -> None:
        server = self.server
        server.fate = next((FATES[fault] for fault in faults if fault in FATES), "ok")
        server.keys = {} if Fault.REFUSED in faults else {KEY: None}
        server.lag_s = 3600.0 if Fault.LIST_LAG in faults else 0.0
        server.broken_reads = Fault.BROKEN_READ in faults
        server.once_only = Fault.ONCE_ONLY in faults
        server.forgets = Fault.PURGED in faults
        server.word = "MELTING" if Fault.UNKNOWN_STATUS in faults else ""
        server.ending = "FAILED" if Fault.FAILED in faults else "COMPLETED"
        changes = [CHANGES[fault] for fault in faults if fault in CHANGES]
        server.changed = changes[0] if changes else lambda data: data
        server.at_once = Fault.SLOW not in faults
        if server.at_once:
            server.end()

    @property
    def posts(self) -> list[Post]:
        return [Post(token=post.token, run=post.arn) for post in self.server.books.posts]

    @property
    def requests(self) -> int:
        return len(self.server.routes)

    def stop(self) -> None:
        self.server.stop()


class BraketAtoms(BraketGates):
    """Aquila, of which a run is one point."""

    title = "aquila"
    circuits = False
    anchors = False
    name = "aquila"

    @property
    def experiment(self) -> Experiment:
        return experiment_of("ahs").rows(0, 1)

    @property
    def settings(self) -> dict[str, Any]:
        return {}
