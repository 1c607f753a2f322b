"""Names of backends, resolved to classes on first use.

Adding a built-in backend means one module and one line in `BUILTIN`. Other distributions register
through the ``qtwin.backends`` entry-point group. ``zne+fake-ibm`` is the mitigation ``zne`` around
``fake-ibm`` (see `backends.mitigation`).
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name

from backends.base import Backend
from backends.errors import UnknownBackend

ENTRY_POINT_GROUP = "qtwin.backends"

BUILTIN = {
    "aer": "backends.simulators.aer:AerBackend",
    "aquila": "backends.qpu.aquila:AquilaBackend",
    "braket": "backends.qpu.braket:BraketBackend",
    "braket-ahs": "backends.analog.ahs:BraketAhsBackend",
    "braket-dm": "backends.simulators.braket:BraketDensityMatrix",
    "braket-sv": "backends.simulators.braket:BraketStateVector",
    "cirq": "backends.simulators.cirq:CirqBackend",
    "cirq-google": "backends.simulators.cirq_google:CirqGoogleBackend",
    "exact": "backends.classical.exact:ExactBackend",
    "fake-ibm": "backends.simulators.fake_ibm:FakeIbmBackend",
    "google": "backends.qpu.google:GoogleBackend",
    "ibm": "backends.qpu.ibm:IbmBackend",
    "pyscf": "backends.classical.pyscf:PyscfBackend",
    "qsim": "backends.simulators.qsim:QsimBackend",
    "replay": "backends.qpu.replay:ReplayBackend",
    "stim": "backends.simulators.stim:StimBackend",
    "tenpy": "backends.tensor.tenpy:TenpyBackend",
}

MITIGATED = "backends.mitigation.backend:MitigatedBackend"
TECHNIQUES = ("cdr", "postselect", "readout", "twirling", "zne")
NOISY = ("aer", "fake-ibm")


def names() -> tuple[str, ...]:
    """Names of every registered backend, sorted, then those with one mitigation technique.

    Stacks of several, and techniques around any simulator of circuits, are names too.
    """
    mitigated = (f"{technique}+{inner}" for inner in NOISY for technique in TECHNIQUES)
    return (*sorted(_targets()), *mitigated, "dd+fake-ibm")


def get(name: str) -> Backend:
    """Build the backend registered as ``name``.

    Imports the adapter, which must not import its SDK until an experiment runs.

    Raises:
        UnknownBackend: If nothing is registered under that name.
    """
    found = target(name)
    backend: Backend = resolve_name(MITIGATED)(name) if found is None else resolve_name(found)()
    return backend


def target(name: str) -> str | None:
    """Where the backend registered as ``name`` is, as "module:Class"; None for a stack of them.

    Raises:
        UnknownBackend: If nothing is registered under that name.
    """
    if "+" in name:
        return None
    try:
        return _targets()[name]
    except KeyError:
        raise UnknownBackend(f"unknown backend {name!r}; allowed: {', '.join(names())}") from None


def _targets() -> dict[str, str]:
    return _external() | BUILTIN


@cache
def _external() -> dict[str, str]:
    return {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}
