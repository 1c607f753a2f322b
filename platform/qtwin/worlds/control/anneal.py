"""An Ising model whose couplings and fields a schedule drives: an anneal.

``H(t) = -J(t) sum_b J_b Z_i Z_j - hx(t) sum_q hx_q X_q - hz(t) sum_q hz_q Z_q``: of what schedules
drive the document may give the pattern, as a list or with disorder; it is 1 everywhere otherwise.
What no schedule drives has the document's value. The unit of time is that of 1 / J, with hbar = 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from backends.analog.limits import Limits
from backends.dynamics.ising import FIELDS, Ising
from backends.errors import ProgramRejected
from backends.systems import SpinLattice
from backends.systems.document import Document
from backends.systems.pauli import PauliSum
from backends.systems.spin_lattice import UNIT
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.driven import measured, refuse_given
from qtwin.worlds.control.schedule import Schedule

UNITS = dict.fromkeys(FIELDS, UNIT)


@dataclass(frozen=True, kw_only=True)
class AnnealDriven:
    """A lattice with the patterns of its parameters.

    Attributes:
        fields: Its document.
        lattice: The system whose parameters are the patterns.
    """

    kind: ClassVar[str] = SpinLattice.kind
    time_unit: ClassVar[str] = UNIT
    limited: ClassVar[bool] = False
    positive: ClassVar[tuple[str, ...]] = ()
    dark: ClassVar[tuple[str, ...]] = ()
    powers: ClassVar[tuple[str, ...]] = ("hx",)
    misread: ClassVar[tuple[str, str]] = ("false_one", "false_zero")
    fields: Mapping[str, Any]
    lattice: SpinLattice

    @classmethod
    def parse(cls, entry: Mapping[str, Any], scheduled: Sequence[str], *, at: str) -> AnnealDriven:
        """Read an ``ising`` model; its initial state is ``+`` on all sites unless given.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        refuse_given(entry, (), at=at)
        document = Document(entry, at)
        document.choice("model", ("ising",))
        given = _patterns(document, scheduled)
        state = document.document("state")
        state.only("kind", "initial")
        state.choice("kind", ("evolved",), "evolved")
        still = Document({**entry, "parameters": given, "state": {"kind": "ground"}}, at)
        sites = SpinLattice.parse(still).qubits
        evolved = {"kind": "evolved", "initial": state.text("initial", f"+*{sites}"), "time": 0}
        whole = {**entry, "parameters": given, "state": evolved}
        return cls(fields=entry, lattice=SpinLattice.parse(Document(whole, at)))

    @property
    def qubits(self) -> int:
        return self.lattice.qubits

    @property
    def units(self) -> Mapping[str, str]:
        return UNITS

    @property
    def signs(self) -> Sequence[int] | None:
        return self.lattice.lattice.signs

    def pattern(self, name: str) -> FloatArray:
        """Of ``J`` on bonds, of ``hx`` and ``hz`` on sites."""
        none: dict[str, FloatArray] = {}
        return np.asarray(self.lattice.couplings[name].values(none, 1)[0])

    def dynamics(self, *, resolved: bool) -> Ising:
        return Ising.of(self.lattice)

    def operators(self) -> Mapping[str, PauliSum | FloatArray]:
        """Those of the lattice; the energy is that of the pattern of J and hz alone.

        ``ground_probability`` is that of finding one of its states of least energy.
        """
        energies = self._energies()
        lowest = energies <= energies.min() + 1e-9 * np.abs(energies).max()
        return {
            "energy": energies,
            "ground_probability": lowest.astype(np.float64),
            **measured(self.lattice, "hamiltonian", "energy", "energy_per_site"),
        }

    def _energies(self) -> FloatArray:
        index = np.arange(2**self.qubits)
        spins = 1.0 - 2.0 * (index[:, None] >> np.arange(self.qubits) & 1)
        near = np.array(self.lattice.lattice.bonds)
        pairs = spins[:, near[:, 0]] * spins[:, near[:, 1]]
        return np.asarray(-pairs @ self.pattern("J") - spins @ self.pattern("hz"))

    def check(self, schedule: Schedule, limits: Limits | None) -> None:
        """No device limits it."""

    def document(self, schedule: Schedule) -> dict[str, Any]:
        raise ProgramRejected(
            "no backend runs a driven spin lattice; allowed: worlds with a rydberg_array",
            field="/system/kind",
        )

    def to_dict(self) -> dict[str, Any]:
        return dict(self.fields)


def _patterns(document: Document, scheduled: Sequence[str]) -> dict[str, Any]:
    """The document's ``parameters``, with 1 for what schedules drive and has no pattern."""
    given, disorder = document.document("parameters"), document.document("disorder")
    for name in scheduled:
        entry = given.entry(name, None)
        if isinstance(entry, int | float | str) and disorder.entry(name, None) is None:
            raise ProgramRejected(
                f"{name} is given by the schedule; allowed: leave it out, or a list as its pattern",
                field=given.at(name),
            )
    ones = {name: 1.0 for name in scheduled if name in FIELDS}
    return {**ones, **document.entry("parameters", {})}
