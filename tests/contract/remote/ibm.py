"""IBM's own client against the loopback server of its interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np

from backends.base import Backend
from backends.qpu.ibm import IbmBackend
from backends.qpu.ibm_account import IAM_URL, URL
from backends.schema import Experiment
from tests.contract.cases import QUENCH, experiment_of
from tests.contract.remote.fault import Fault
from tests.contract.remote.vendor import Option, Post, SetEnv, Vendor
from tests.vendors.ibm import devices
from tests.vendors.ibm.server import INSTANCE, KEY, IbmServer

SECRET = json.dumps({"token": KEY, "instance": INSTANCE})


class Ibm(Vendor):
    """Instances are named in the credential, so that search and catalog are not asked."""

    title = "ibm"
    canary = "canary"
    circuits = True
    anchors = True
    option = Option(name="resilience_level", off=0, on=1, given={"primitive": "estimator"})

    def __init__(self) -> None:
        self.server = IbmServer()
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    @classmethod
    @contextmanager
    def started(cls, folder: Path, setenv: SetEnv) -> Iterator[Self]:
        vendor = cls()
        setenv(URL, vendor.server.address)
        setenv(IAM_URL, vendor.server.address)
        setenv("QISKIT_FUNCTIONS_EXPERIMENTAL", "1")
        try:
            yield vendor
        finally:
            vendor.stop()

    def backend(self) -> Backend:
        backend = IbmBackend()
        backend.authorise(SECRET)
        return backend

    @property
    def settings(self) -> dict[str, Any]:
        return {"device": devices.NAME, "optimization_level": 1}

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
        self.server.switch(frozenset(faults))

    @property
    def posts(self) -> list[Post]:
        return [Post(token=tag, run=run) for tag, run in self.server.books.posts]

    @property
    def requests(self) -> int:
        return len(self.server.books.requests)

    def noise(self) -> None:
        self.server.noisy = True

    def stop(self) -> None:
        if self._thread.is_alive():
            self.server.shutdown()
            self.server.server_close()
            self._thread.join()
