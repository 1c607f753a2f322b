"""The vendor of the fault tests, one fault at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

from backends.base import Backend
from backends.schema import Experiment
from tests.contract.cases import experiment_of
from tests.contract.remote.fault import RESULT, Fault
from tests.contract.remote.vendor import Post, SetEnv, Vendor
from tests.faults.vendor import backend, bill, server
from tests.faults.vendor.faults import Dice, Rates

RATES: dict[Fault, dict[str, float]] = {
    Fault.DROP_BEFORE: {"drop_before": 1},
    Fault.DROP_AFTER: {"drop_after": 1},
    Fault.ERROR_AFTER: {"error_after": 1},
    Fault.AWAY: {"away": 1},
    Fault.BUSY: {"busy": 1},
    Fault.BROKEN_READ: {"broken_read": 1},
    Fault.LIST_LAG: {"lag_s": 3600},
    Fault.SLOW: {"shortest_s": 3600, "longest_s": 3600},
}


class Counting(server.Requests):
    """Counts what arrives."""

    def parse_request(self) -> bool:
        self.server.seen = getattr(self.server, "seen", 0) + 1  # type: ignore[attr-defined]  # ours
        return super().parse_request()


class MockTokens(Vendor):
    """It recognises tokens."""

    title = "mock-tokens"
    lacks: ClassVar[Mapping[Fault, str]] = {
        Fault.REJECTED: "it takes whatever it is sent",
        Fault.REFUSED: "it has no credential",
        Fault.UNKNOWN_STATUS: "it has the states of our own port",
        Fault.FAILED: "it runs what it takes",
        Fault.ONCE_ONLY: "it keeps its results",
        Fault.PURGED: "it keeps its tasks",
        **dict.fromkeys(RESULT, "its results are never spoilt: `tests/faults` counts its bills"),
    }
    adapter: ClassVar[type[Backend]] = backend.MockVendor
    tokens: ClassVar[bool] = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server = server.Vendor(bill.Bill(path, tokens=self.tokens), Dice(Rates.calm(), 1))
        self._server.RequestHandlerClass = Counting
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @classmethod
    @contextmanager
    def started(cls, folder: Path, setenv: SetEnv) -> Iterator[Self]:
        vendor = cls(folder / "bill.sqlite3")
        setenv(backend.ADDRESS, vendor._server.address)
        try:
            yield vendor
        finally:
            vendor.stop()

    def backend(self) -> Backend:
        return self.adapter()

    @property
    def experiment(self) -> Experiment:
        return experiment_of("vqe").rows(0, 2)

    def switch(self, *faults: Fault) -> None:
        changed = {name: value for fault in faults for name, value in RATES[fault].items()}
        self._server.dice.rates = Rates.calm(**changed)
        if Fault.SLOW not in faults:
            with sqlite3.connect(self._path) as db:
                db.execute("UPDATE task SET ready = created")

    @property
    def posts(self) -> list[Post]:
        return [Post(token=post["tag"], run=post["task"]) for post in bill.posts(self._path)]

    @property
    def requests(self) -> int:
        return int(getattr(self._server, "seen", 0))

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


class MockTags(MockTokens):
    """It knows only tags."""

    title = "mock-tags"
    adapter = backend.MockTagVendor
    tokens = False
