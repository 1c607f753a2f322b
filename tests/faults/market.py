"""IBM and Amazon Braket on this machine, sold to by real workers: their gates, posts and bills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.contract.remote.braket import BraketGates
from tests.contract.remote.fault import Fault
from tests.contract.remote.ibm import Ibm
from tests.contract.remote.vendor import SetEnv
from tests.vendors.braket import BraketVendor
from tests.vendors.gate import Gate
from tests.vendors.ibm.server import IbmServer

ENGINES = (
    "braket.analog_hamiltonian_simulator.rydberg.rydberg_simulator",
    "braket.default_simulator",
    "ibm_quantum_schemas.executor.version_2_0",
    "qiskit_aer",
    "qiskit_ibm_runtime.fake_provider.executor.run_quantum_program",
)
"""What runs the vendors' runs; loaded by one thread, for theirs would all load it at once."""
USD_OF_A_SECOND = 1_600_000
"""Micro-USD that IBM takes for a second of its computer."""


@dataclass(frozen=True)
class Market:
    """Runs wait at both until `end`."""

    ibm: IbmServer
    braket: BraketVendor

    @property
    def gates(self) -> tuple[Gate, Gate]:
        return self.ibm.gate, self.braket.gate

    @property
    def requests(self) -> list[str]:
        """Verb and path of whatever was asked of both."""
        return [*(f"{verb} {path}" for verb, path in self.ibm.books.requests), *self.braket.routes]

    @property
    def bought(self) -> dict[str, set[str]]:
        """Ids of what was bought, by token."""
        found: dict[str, set[str]] = {}
        for token, run in self._posts():
            found.setdefault(token, set()).update([run] if run else [])
        return found

    @property
    def posts(self) -> Counter[str]:
        """How often each token was posted."""
        return Counter(token for token, _ in self._posts())

    def cost(self, run: str) -> int:
        """Micro-USD that a run is charged."""
        if run in self.ibm.books.jobs:
            return round(USD_OF_A_SECOND * self.ibm.books.jobs[run].seconds)
        return self.braket.books.tasks[run].cost

    @property
    def bill(self) -> int:
        """Micro-USD of everything."""
        return round(USD_OF_A_SECOND * self.ibm.books.charged_s) + self.braket.books.bill

    def end(self) -> None:
        """Let every run that waits go through, and later ones at once."""
        self.ibm.switch(frozenset())
        self.braket.at_once = True
        self.braket.end()

    def _posts(self) -> list[tuple[str, str | None]]:
        return [*self.ibm.books.posts, *((p.token, p.arn) for p in self.braket.books.posts)]


@contextmanager
def market(folder: Path, setenv: SetEnv) -> Iterator[Market]:
    """Open both, and point whatever is started from here on to them."""
    with ExitStack() as stack:
        ibm = stack.enter_context(Ibm.started(folder, setenv))
        braket = stack.enter_context(BraketGates.started(folder, setenv))
        for name in ENGINES:
            import_module(name)
        made = Market(ibm.server, braket.server)
        ibm.switch(Fault.SLOW)
        braket.server.at_once = False
        yield made
