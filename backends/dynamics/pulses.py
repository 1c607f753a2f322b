"""Pulses on one to four qubits in the frame that rotates with their drive, as batched dynamics.

``H = sum_q [(x_q X_q + y_q Y_q) / 2 + z_q n_q] + coupling / 4 sum_(q) Z_q Z_(q+1)``, rad/us, with
``n = (1 - Z) / 2``; ``z_q`` is the frequency of qubit ``q`` above that of its drive. Each
trajectory has its own ``x, y -> amplitude_scale x, y``, ``z -> z + frequency_offset`` and
``coupling -> coupling_scale coupling``.

Document: ``{"kind": "pulses", "schema_version": 1, "qubits": 2, "coupling": 3.1,
"detunings": [0, 0.5]}``; all but the kind and the qubits may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
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
from backends.dynamics.model import Model, bits
from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown

KIND = "pulses"
SCHEMA_VERSION = 1
MOST_QUBITS = 4
ENERGY = "rad/us"
NONE = "dimensionless"
PARAMETERS = (
    Quantity(name="amplitude_scale", unit=NONE, nominal=1.0, meaning="of all amplitudes"),
    Quantity(
        name="frequency_offset", unit=ENERGY, nominal=0.0, meaning="added to each qubit's frequency"
    ),
    Quantity(name="coupling_scale", unit=NONE, nominal=1.0, meaning="of the coupling"),
    Quantity(
        name="dephasing", unit="1/us", nominal=0.0,
        meaning="rate at which each qubit's coherence decays",
    ),
    Quantity(name="false_one", unit=NONE, nominal=0.0, meaning="P(read 1 | 0)"),
    Quantity(name="false_zero", unit=NONE, nominal=0.0, meaning="P(read 0 | 1)"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Pulses:
    """Some qubits, driven by ``x0``, ``y0``, ``z0``, ``x1`` and so on.

    Attributes:
        coupling: Of neighbours in a chain, rad/us.
        detunings: Nominal ``z`` of each qubit, rad/us.
    """

    qubits: int
    coupling: float = 0.0
    detunings: tuple[float, ...] = ()

    parameters = PARAMETERS

    @classmethod
    def parse(cls, source: Mapping[str, Any], pointer: str = "") -> Pulses:
        """Read a document.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document = Document(source, pointer)
        document.only("kind", "schema_version", "qubits", "coupling", "detunings")
        document.choice("kind", (KIND,))
        document.integer("schema_version", SCHEMA_VERSION, SCHEMA_VERSION, SCHEMA_VERSION)
        qubits = document.integer("qubits", 1, MOST_QUBITS)
        detunings = document.items("detunings", qubits, qubits, [0.0] * qubits)
        for index, value in enumerate(detunings):
            if not is_number(value):
                raise ProgramRejected(
                    f"detuning = {shown(value)}; allowed: a finite number",
                    field=f"{document.at('detunings')}/{index}",
                )
        has = document.entry("coupling", None) is not None
        return cls(
            qubits=qubits,
            coupling=document.number("coupling") if has else 0.0,
            detunings=tuple(float(value) for value in detunings),
        )

    def to_dict(self) -> dict[str, Any]:
        """The document that `parse` reads."""
        return {
            "kind": KIND,
            "schema_version": SCHEMA_VERSION,
            "qubits": self.qubits,
            "coupling": self.coupling,
            "detunings": [self._detuning(qubit) for qubit in range(self.qubits)],
        }

    @property
    def start(self) -> Any:
        """All qubits 0, shape ``(2**n,)``."""
        return product_state("0" * self.qubits)

    @property
    def controls(self) -> tuple[Quantity, ...]:
        """``x``, ``y`` and ``z`` of each qubit."""
        meanings = {
            "x": "amplitude about X",
            "y": "amplitude about Y",
            "z": "frequency above that of the drive",
        }
        return tuple(
            Quantity(
                name=f"{axis}{qubit}",
                unit=ENERGY,
                nominal=self._detuning(qubit) if axis == "z" else 0.0,
                meaning=meaning,
            )
            for qubit in range(self.qubits)
            for axis, meaning in meanings.items()
        )

    @cached_property
    def model(self) -> Model:
        """Diagonals: each qubit that is 1, then the coupling."""
        number = bits(self.qubits).astype(np.float64)
        z = 1 - 2 * number
        coupling = np.zeros(1 << self.qubits)
        for one, two in pairwise(range(self.qubits)):
            coupling += self.coupling / 4 * z[one] * z[two]
        groups = tuple((qubit,) for qubit in range(self.qubits))
        return Model(
            qubits=self.qubits, diagonals=np.concatenate([number, coupling[None]]), groups=groups
        )

    def terms(self, controls: Values, parameters: Values) -> Terms:
        """As of `Driven`."""
        ramp, given = ramps(controls, self.controls), columns(parameters, PARAMETERS)
        scale = given["amplitude_scale"] / 2
        turned = any(name.startswith("y") for name in controls)
        drives = [
            scale * (ramp[f"x{qubit}"] + 1j * ramp[f"y{qubit}"] if turned else ramp[f"x{qubit}"])
            for qubit in range(self.qubits)
        ]
        shape = ramp["z0"].shape[1:]
        coupling = np.broadcast_to(given["coupling_scale"], (len(given["coupling_scale"]), *shape))
        sites = [ramp[f"z{qubit}"] + given["frequency_offset"] for qubit in range(self.qubits)]
        return Terms(weights=stacked([*sites, coupling]), drives=stacked(drives))

    def pullback(self, gradient: Terms, controls: Values, parameters: Values) -> dict[str, Any]:
        """As of `Driven`."""
        scale = columns(parameters, PARAMETERS)["amplitude_scale"] / 2
        parts = {
            "x": scale[..., None] * gradient.drives.real,
            "y": scale[..., None] * gradient.drives.imag,
            "z": gradient.weights,
        }
        return {
            name: gathered(parts[name[0]][..., int(name[1:])], values)
            for name, values in controls.items()
        }

    def _detuning(self, qubit: int) -> float:
        return self.detunings[qubit] if self.detunings else 0.0
