"""Rydberg arrays as batched dynamics, with what differs between their experiments.

As `backends.systems.rydberg_array`: Rabi frequency ``Omega``, detuning ``Delta`` and phase ``phi``
act on all atoms. Each trajectory has its own calibration: ``Omega -> rabi_scale Omega``,
``Delta -> detuning_scale Delta + detuning_offset``, ``C6 -> c6_scale C6``. Noise that is frozen
during a shot (detunings of atoms, places of atoms) is drawn by `frozen`, one shot per trajectory.
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
from backends.systems.rydberg_array import RydbergArray
from backends.systems.state import Evolved

ENERGY = "rad/us"
PARAMETERS = (
    Quantity(name="rabi_scale", unit="dimensionless", nominal=1.0, meaning="of the Rabi frequency"),
    Quantity(name="detuning_scale", unit="dimensionless", nominal=1.0, meaning="of the detuning"),
    Quantity(name="detuning_offset", unit=ENERGY, nominal=0.0, meaning="added to the detuning"),
    Quantity(name="c6_scale", unit="dimensionless", nominal=1.0, meaning="of all interactions"),
    Quantity(
        name="site_detuning", unit=ENERGY, nominal=0.0,
        meaning="deviation of each atom's detuning in each shot",
    ),
    Quantity(
        name="position_jitter", unit="um", nominal=0.0,
        meaning="deviation of each atom's x and y in each shot",
    ),
    Quantity(
        name="dephasing", unit="1/us", nominal=0.0,
        meaning="rate at which each atom's coherence decays",
    ),
    Quantity(name="false_excited", unit="dimensionless", nominal=0.0, meaning="P(read r | g)"),
    Quantity(name="false_ground", unit="dimensionless", nominal=0.0, meaning="P(read g | r)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frozen:
    """Noise of one shot per trajectory.

    Attributes:
        detunings: Added to that of each atom, shape ``(B, n)``, rad/us.
        couplings: Of each pair ``i < j``, at ``c6_scale`` 1, shape ``(B, n(n-1)/2)``, rad/us.
    """

    detunings: FloatArray
    couplings: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Rydberg:
    """One array, driven by ``rabi``, ``detuning`` and ``phase``.

    Attributes:
        places: Of the atoms, shape ``(n, 2)``, um.
        couplings: Of each pair ``i < j``, shape ``(n(n-1)/2,)``, rad/us.
        controls: With the static values of the document as nominal ones; 0 where it has waveforms.
        initial: Product state before the pulse, a letter of ``0 1 + -`` for each atom.
        resolved: Whether atoms and pairs have their own terms, as noise of shots needs.
    """

    system: RydbergArray
    places: FloatArray
    couplings: FloatArray
    controls: tuple[Quantity, ...]
    initial: str
    resolved: bool = False

    parameters = PARAMETERS

    @classmethod
    def of(
        cls, system: RydbergArray, point: Sequence[float] = (), *, resolved: bool = False
    ) -> Rydberg:
        """The array at one point of its controls.

        Raises:
            ProgramRejected: It has too many atoms, or the point is not one of its points.
        """
        if system.qubits > MAX_QUBITS:
            raise ProgramRejected(
                f"{system.qubits} atoms; allowed: at most {MAX_QUBITS}", field="/atoms"
            )
        row = np.array([point], dtype=np.float64).reshape(1, -1)
        system.check_points(row)
        given = system.columns(row)
        waves = system.pulse.waves
        return cls(
            system=system,
            places=system.geometry.places(given, 1)[0],
            couplings=system.couplings(row)[0],
            controls=tuple(
                Quantity(
                    name=name,
                    unit="rad" if name == "phase" else ENERGY,
                    nominal=0.0 if wave.driven else float(wave.table(given, 1)[1][0, 0]),
                    meaning="of the laser",
                )
                for name, wave in waves.items()
            ),
            initial=system.state.initial
            if isinstance(system.state, Evolved)
            else "0" * system.qubits,
            resolved=resolved,
        )

    @property
    def start(self) -> Any:
        """State before the pulse, shape ``(2**n,)``."""
        return product_state(self.initial)

    @cached_property
    def model(self) -> Model:
        """Diagonals: excited atoms, then all interactions; or each atom, then each pair."""
        number = bits(self.system.qubits).astype(np.float64)
        first, second = np.triu_indices(self.system.qubits, 1)
        pairs = number[first] * number[second]
        rows = (
            np.concatenate([number, pairs])
            if self.resolved
            else np.stack([number.sum(axis=0), self.couplings @ pairs])
        )
        atoms = tuple(range(self.system.qubits))
        return Model(qubits=self.system.qubits, diagonals=rows, groups=(atoms,))

    def frozen(self, parameters: Values, rows: int, rng: np.random.Generator) -> Frozen:
        """Draw the noise of one shot for each trajectory.

        Raises:
            ProgramRejected: A parameter is unknown.
        """
        given = columns(parameters, PARAMETERS)
        atoms = self.system.qubits
        detunings = given["site_detuning"][:, :, 0] * rng.standard_normal((rows, atoms))
        moved = self.places + given["position_jitter"] * rng.standard_normal((rows, atoms, 2))
        first, second = np.triu_indices(atoms, 1)
        distances = np.hypot(*np.moveaxis(moved[:, first] - moved[:, second], 2, 0))
        kept = self.couplings != 0.0
        return Frozen(detunings=detunings, couplings=kept * self.system.c6 / distances**6)

    def terms(self, controls: Values, parameters: Values, frozen: Frozen | None = None) -> Terms:
        """As of `Driven`.

        Args:
            frozen: Noise of each trajectory's shot; only of a `resolved` array.
        """
        ramp, given = ramps(controls, self.controls), columns(parameters, PARAMETERS)
        detuning = given["detuning_scale"] * ramp["detuning"] + given["detuning_offset"]
        rabi = given["rabi_scale"] * ramp["rabi"] / 2
        phased = "phase" in controls or ramp["phase"].any()
        turned = np.exp(-1j * ramp["phase"]) if phased else 1.0
        if not self.resolved:
            if frozen is not None:
                raise ProgramRejected("noise of shots needs an array that is resolved")
            interaction = np.broadcast_to(
                given["c6_scale"], (len(given["c6_scale"]), *rabi.shape[1:])
            )
            return Terms(weights=stacked([-detuning, interaction]), drives=stacked([rabi * turned]))
        noise = frozen or Frozen(
            detunings=np.zeros((1, self.system.qubits)), couplings=self.couplings[None]
        )
        sites = detuning[..., None] + noise.detunings[:, None, None, :]
        pairs = given["c6_scale"][..., None] * noise.couplings[:, None, None, :]
        rows = max(len(sites), len(pairs))
        shape = (rows, *detuning.shape[1:])
        parts = [np.broadcast_to(part, (*shape, part.shape[-1])) for part in (-sites, pairs)]
        return Terms(weights=np.concatenate(parts, axis=-1), drives=stacked([rabi * turned]))

    def pullback(self, gradient: Terms, controls: Values, parameters: Values) -> dict[str, Any]:
        """As of `Driven`."""
        ramp, given = ramps(controls, self.controls), columns(parameters, PARAMETERS)
        atoms = self.system.qubits if self.resolved else 1
        drive = gradient.drives[..., 0]
        rabi = given["rabi_scale"] * ramp["rabi"] / 2
        turned = np.exp(-1j * ramp["phase"])
        found = {
            "detuning": -given["detuning_scale"] * gradient.weights[..., :atoms].sum(axis=-1),
            "rabi": given["rabi_scale"] / 2 * (drive.conj() * turned).real,
            "phase": (drive.conj() * -1j * turned * rabi).real,
        }
        return {name: gathered(found[name], controls[name]) for name in controls}


def waveforms(system: RydbergArray, points: FloatArray) -> tuple[FloatArray, dict[str, FloatArray]]:
    """The pulse of a document, up to the time of its state.

    Args:
        points: Shape ``(P, C)``.

    Returns:
        Durations of slices between kinks, ``(P, S)``, and controls, each ``(P, S, 2)``.
    """
    given, ends = system.columns(points), system.durations(points)
    tables = [wave.table(given, len(points))[0] for wave in system.pulse.waves.values()]
    edges = np.sort(np.concatenate([*tables, ends[:, None]], axis=1), axis=1)
    edges = np.minimum(edges, ends[:, None])
    found = {}
    for name, wave in system.pulse.waves.items():
        values = np.stack([wave.at(given, time) for time in edges.T], axis=1)
        last = values[:, :-1] if wave.steps else values[:, 1:]
        found[name] = np.stack([values[:, :-1], last], axis=2)
    return np.diff(edges, axis=1), found
