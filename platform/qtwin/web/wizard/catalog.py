"""Sources that are offered for a new project. Which of them apply is for their backends to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backends import registry
from backends.schema import KnobLimit
from backends.simulators.devices import qubits_of
from backends.systems import System
from backends.systems.state import Evolved, Kicked
from qtwin.projects.models import Role

DEVICES = ("FakeManilaV2", "FakeNairobiV2", "FakeGuadalupeV2", "FakeKolkataV2", "FakeBrisbane")
"""Recorded devices, the smallest first."""
SHOTS, SAMPLES = 4000, 2000
REFERENCE, APPROXIMATION, DEVICE = Role.REFERENCE, Role.APPROXIMATION, Role.DEVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A source as it would be made.

    Attributes:
        shots: Suggested; None where it takes none.
        knobs: Suggested values that differ from the defaults.
        suggested: Whether it is chosen until somebody chooses.
    """

    name: str
    label: str
    role: Role
    backend: str
    method: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    shots: int | None = None
    knobs: Mapping[str, float] = field(default_factory=dict)
    suggested: bool = False

    @property
    def limits(self) -> list[KnobLimit]:
        """Knobs that act; without a truncated simulation its bond dimension does not."""
        simulation = self.settings.get("simulation")
        return [
            limit
            for limit in registry.get(self.backend).limits(self.method, self.settings)
            if not (limit.name == "bond_dimension" and self.backend == "aer" and not simulation)
        ]

    def bounds(self, knob: str) -> tuple[float, float]:
        """Least and most of a knob."""
        able = registry.get(self.backend).capabilities.knobs
        return next((low, high) for name, low, high in able if name == knob)


def _row(*row: Any, **more: Any) -> Offered:
    name, label, role, backend, method = row
    return Offered(name=name, label=label, role=role, backend=backend, method=method, **more)


def offered(system: System) -> list[Offered]:
    """Every one, whether it applies or not, the cheap ones first."""
    every = _offered(system)
    if system.kind != "parametric_circuit":
        return every
    return [offer for offer in every if offer.method == "circuit"]


def _offered(system: System) -> list[Offered]:
    device = {"device": device_for(int(getattr(system, "qubits", 0)))}
    noisy: dict[str, Any] = {"settings": device, "shots": SHOTS}
    step = {"trotter_steps": 80.0} if system.kind == "rydberg_array" else {}
    return [
        *_chemistry(),
        *_lattices(molecule=system.kind == "molecule"),
        _row("ideal", "Ideal circuit, exact", REFERENCE, "aer", "circuit", suggested=True),
        _row(
            *("sampled", "Ideal circuit, sampled", APPROXIMATION, "cirq", "circuit"),
            shots=SHOTS,
            suggested=True,
        ),
        _row("kicked", "Exact evolution under kicks", REFERENCE, "exact", "kicked", suggested=True),
        _row("clifford", "Clifford simulation, Stim", REFERENCE, "stim", "kicked"),
        _row(
            *("vqe-ideal", "VQE, ideal simulator", APPROXIMATION, "aer", "vqe"),
            shots=SHOTS,
            suggested=True,
        ),
        _row(
            *("ramp-ideal", "Ramp to the ground state, ideal", APPROXIMATION, "aer", "adiabatic"),
            shots=SHOTS,
        ),
        _row(
            *("trotter-ideal", "Trotter circuits, ideal", APPROXIMATION, "aer", "trotter"),
            shots=SHOTS,
            knobs=step,
            suggested=True,
        ),
        _row(
            *("analog", "Analog simulation, Braket", APPROXIMATION, "braket-ahs", "ahs"),
            suggested=True,
        ),
        _row(
            *("analog-misread", "Analog, misread like Aquila", DEVICE, "braket-ahs", "ahs"),
            settings={"readout_error": "aquila"},
            shots=SAMPLES,
            suggested=True,
        ),
        *_noisy(device["device"], noisy, step),
        *_machines(system),
    ]


def _chemistry() -> list[Offered]:
    return [
        _row("hf", "Hartree-Fock", APPROXIMATION, "pyscf", "hf", suggested=True),
        _row("mp2", "MP2", APPROXIMATION, "pyscf", "mp2", suggested=True),
        _row("ccsd", "CCSD", APPROXIMATION, "pyscf", "ccsd", suggested=True),
        _row("ccsd-t", "CCSD(T)", APPROXIMATION, "pyscf", "ccsd_t"),
        _row("fci", "Full CI", REFERENCE, "pyscf", "fci", suggested=True),
    ]


def _lattices(*, molecule: bool) -> list[Offered]:
    return [
        _row("mean-field", "Mean field", APPROXIMATION, "exact", "mean_field", suggested=True),
        _row("free-fermions", "Free fermions", REFERENCE, "exact", "free_fermions"),
        _row("ed", "Exact diagonalization", REFERENCE, "exact", "ed", suggested=not molecule),
        _row(
            *("dmrg", "DMRG", APPROXIMATION, "tenpy", "dmrg"),
            knobs={"bond_dimension": 8.0},
        ),
        _row("evolution", "Exact evolution", REFERENCE, "exact", "evolution", suggested=True),
        _row(
            *("tebd", "TEBD", APPROXIMATION, "tenpy", "tebd"),
            knobs={"bond_dimension": 16.0},
        ),
    ]


def _noisy(device: str, noisy: dict[str, Any], step: dict[str, float]) -> list[Offered]:
    said = f"on a model of {device.removeprefix('Fake').removesuffix('V2')}"
    return [
        _row("vqe-noisy", f"VQE {said}", DEVICE, "fake-ibm", "vqe", suggested=True, **noisy),
        _row("vqe-zne", f"VQE {said}, extrapolated", DEVICE, "zne+fake-ibm", "vqe", **noisy),
        _row("ramp-noisy", f"Ramp {said}", DEVICE, "fake-ibm", "adiabatic", **noisy),
        _row(
            *("trotter-noisy", f"Trotter circuits {said}", DEVICE, "fake-ibm", "trotter"),
            knobs=step or {"trotter_steps": 8.0},
            suggested=not step,
            **noisy,
        ),
        _row("kicked-noisy", f"Kicked circuits {said}", DEVICE, "fake-ibm", "kicked", **noisy),
        _row("noisy", f"Circuit {said}", DEVICE, "fake-ibm", "circuit", suggested=True, **noisy),
        _row("zne", f"Circuit {said}, extrapolated", DEVICE, "zne+fake-ibm", "circuit", **noisy),
    ]


def _machines(system: System) -> list[Offered]:
    """Devices that cost money, with the method that fits."""
    found = [_row("aquila", "QuEra Aquila", DEVICE, "aquila", "ahs", shots=100)]
    method = _method_for(system)
    for backend, title in (
        ("ibm", "IBM Quantum"),
        ("braket", "Amazon Braket"),
        ("google", "Google Quantum Engine"),
    ):
        label = title if method == "circuit" else f"{title}, {METHODS[method]}"
        found.append(_row(backend, label, DEVICE, backend, method, shots=1000))
    return found


METHODS = {"trotter": "Trotter circuits", "kicked": "kicked circuits", "vqe": "VQE"}


def _method_for(system: System) -> str:
    """How a system runs on a machine of gates."""
    state = getattr(system, "state", None)
    if system.kind == "parametric_circuit":
        return "circuit"
    return {Evolved: "trotter", Kicked: "kicked"}.get(type(state), "vqe")


def device_for(qubits: int) -> str:
    """The smallest recorded device that is large enough; else the largest."""
    return next((name for name in DEVICES if qubits <= qubits_of(name)), DEVICES[-1])
