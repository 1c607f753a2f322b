"""Anneals of an Ising model as batched dynamics.

``H = -J sum_<ij> Z_i Z_j - hx sum_i X_i - hz sum_i Z_i``, as `backends.systems.spin_lattice` has
it, where ``J``, ``hx`` and ``hz`` may change with time. A parameter that the document gives as a
list, or with disorder, keeps its pattern and the control multiplies it; of one that is a number the
control is the value. Each trajectory has its own ``J -> j_scale J``, ``hx -> hx_scale hx`` and
``hz -> hz + hz_offset``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backends.dynamics.driven import (
    Quantity,
    Terms,
    Values,
    columns,
    gathered,
    product_state,
    ramps,
    stacked,
)
from backends.dynamics.model import MAX_QUBITS, Model, bits
from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.coupling import Coupling
from backends.systems.spin_lattice import SpinLattice
from backends.systems.state import Evolved

NONE = "dimensionless"
FIELDS = ("J", "hx", "hz")
PARAMETERS = (
    Quantity(name="j_scale", unit=NONE, nominal=1.0, meaning="of all couplings"),
    Quantity(name="hx_scale", unit=NONE, nominal=1.0, meaning="of the transverse field"),
    Quantity(name="hz_offset", unit=NONE, nominal=0.0, meaning="added to hz on all sites"),
    Quantity(
        name="dephasing", unit=NONE, nominal=0.0,
        meaning="rate at which each spin's coherence decays",
    ),
    Quantity(name="false_one", unit=NONE, nominal=0.0, meaning="P(read 1 | 0)"),
    Quantity(name="false_zero", unit=NONE, nominal=0.0, meaning="P(read 0 | 1)"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Ising:
    """One lattice, driven by ``J``, ``hx`` and ``hz``.

    Attributes:
        patterns: Of each of `FIELDS`, what the control is multiplied with at each place.
        controls: With the values of the document as nominal ones; 1 where it has a pattern.
        initial: Product state at the start; all ``+``, the ground state of a strong ``hx``, where
            the document evolves no state.
    """

    system: SpinLattice
    patterns: dict[str, FloatArray]
    controls: tuple[Quantity, ...]
    initial: str

    parameters = PARAMETERS

    @classmethod
    def of(cls, system: SpinLattice, point: Sequence[float] = ()) -> Ising:
        """The lattice at one point of its controls.

        Raises:
            ProgramRejected: It is no Ising model, has too many sites, or the point is none of its.
        """
        if system.model != "ising":
            raise ProgramRejected(f"model = {system.model!r}; allowed: ising", field="/model")
        if system.qubits > MAX_QUBITS:
            raise ProgramRejected(
                f"{system.qubits} sites; allowed: at most {MAX_QUBITS}", field="/sites"
            )
        row = np.array([point], dtype=np.float64).reshape(1, -1)
        system.check_points(row)
        values = {name: system.couplings[name].values(system.columns(row), 1)[0] for name in FIELDS}
        patterned = {name: _patterned(system.couplings[name]) for name in FIELDS}
        return cls(
            system=system,
            patterns={
                name: value if patterned[name] else np.ones(len(value))
                for name, value in values.items()
            },
            controls=tuple(
                Quantity(
                    name=name,
                    unit=NONE,
                    nominal=1.0 if patterned[name] else float(values[name][0]),
                    meaning="factor of the document's pattern" if patterned[name] else "value",
                )
                for name in FIELDS
            ),
            initial=system.state.initial
            if isinstance(system.state, Evolved)
            else "+" * system.qubits,
        )

    @property
    def start(self) -> Any:
        """State at the start, shape ``(2**n,)``."""
        return product_state(self.initial)

    @cached_property
    def model(self) -> Model:
        """Diagonals: ``-ZZ`` of the bonds, ``-Z`` with the pattern of hz, ``-Z`` of all sites."""
        z = 1.0 - 2.0 * bits(self.system.qubits)
        bonds = np.array(self.system.lattice.bonds).reshape(-1, 2)
        rows = np.stack(
            [
                -self.patterns["J"] @ (z[bonds[:, 0]] * z[bonds[:, 1]]),
                -self.patterns["hz"] @ z,
                -z.sum(axis=0),
            ]
        )
        sites = tuple(range(self.system.qubits))
        groups = (sites,) if self._even else tuple((site,) for site in sites)
        return Model(qubits=self.system.qubits, diagonals=rows, groups=groups)

    @property
    def _even(self) -> bool:
        """Whether the transverse field is the same on all sites."""
        return bool((self.patterns["hx"] == self.patterns["hx"][0]).all())

    @cached_property
    def _across(self) -> FloatArray:
        """Drive of each group at a control of 1, shape ``(G,)``."""
        across: FloatArray = -self.patterns["hx"][:1] if self._even else -self.patterns["hx"]
        return across

    def terms(self, controls: Values, parameters: Values) -> Terms:
        """As of `Driven`."""
        ramp, given = ramps(controls, self.controls), columns(parameters, PARAMETERS)
        offset = np.broadcast_to(
            given["hz_offset"], (len(given["hz_offset"]), *ramp["hz"].shape[1:])
        )
        across = (given["hx_scale"] * ramp["hx"])[..., None] * self._across
        return Terms(
            weights=stacked([given["j_scale"] * ramp["J"], ramp["hz"], offset]), drives=across
        )

    def pullback(self, gradient: Terms, controls: Values, parameters: Values) -> dict[str, Any]:
        """As of `Driven`."""
        given = columns(parameters, PARAMETERS)
        found = {
            "J": given["j_scale"] * gradient.weights[..., 0],
            "hz": gradient.weights[..., 1],
            "hx": given["hx_scale"] * (gradient.drives.real * self._across).sum(axis=-1),
        }
        return {name: gathered(found[name], controls[name]) for name in controls}


def _patterned(coupling: Coupling) -> bool:
    return len(coupling.entries) > 1 or coupling.width is not None
