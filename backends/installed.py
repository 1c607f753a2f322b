"""Which optional dependencies a backend needs, and which of them are not installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    "aer": (("ibm", "qiskit_aer"),),
    "aquila": (("braket", "braket"),),
    "braket": (("braket", "braket"),),
    "braket-ahs": (("braket", "braket"),),
    "braket-dm": (("braket", "braket"),),
    "braket-sv": (("braket", "braket"),),
    "cirq": (("cirq", "cirq"),),
    "cirq-google": (("cirq", "cirq_google"),),
    "fake-ibm": (("ibm", "qiskit_ibm_runtime"), ("ibm", "qiskit_aer")),
    "google": (("cirq", "cirq_google"),),
    "ibm": (("ibm", "qiskit_ibm_runtime"),),
    "pyscf": (("chem", "pyscf"),),
    "qsim": (("cirq", "qsimcirq"),),
    "stim": (("stabilizer", "stim"),),
    "tenpy": (("tensor", "tenpy"),),
}
"""By backend: the extra of this distribution, and a package that it brings."""


def missing(backend: str) -> tuple[str, ...]:
    """Extras to install before a backend, mitigated or not, can run. Imports nothing."""
    needed = NEEDS.get(backend.rpartition("+")[2], ())
    return tuple(dict.fromkeys(extra for extra, package in needed if not _there(package)))


@cache
def _there(package: str) -> bool:
    return find_spec(package) is not None
