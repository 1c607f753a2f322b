"""How a program is cut into PUBs of one job, and how their counts come back to its points.

Each state of a program has its parts, each part a circuit at some rows, measured in each group's
basis, at each gain of the noise. One circuit in one basis at one gain is one PUB with all its rows;
without angles it is one PUB for each row. Both ways walk the same list in the same order.

Shapes use ``R`` for rows of a share and ``T`` for angles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.methods.circuit import Circuit
from backends.methods.program import Program
from backends.schema import Experiment
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord

NOISE_GAIN = "noise_gain"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Share:
    """One circuit at some rows, with what is measured of it.

    Attributes:
        state: Which state of the program, the ground state first.
        rows: Points of the experiment, shape ``(R,)``.
        angles: Shape ``(R, T)``.
        bases: Word of each measurement group.
        gain: Of the noise.
    """

    state: int
    circuit: Circuit
    rows: NDArray[np.int64]
    angles: FloatArray
    bases: tuple[PauliWord, ...]
    gain: float

    @property
    def pubs(self) -> int:
        """PUBs of each group."""
        return 1 if self.circuit.angles else len(self.rows)


def states(program: Program) -> tuple[Program, ...]:
    """A program for each state that is run."""
    return (program, *program.excited)


def shares(program: Program, experiment: Experiment) -> Iterator[Share]:
    """In the order in which they are sent."""
    gains = gains_of(experiment)
    for state, own in enumerate(states(program)):
        bases = tuple(group.basis for group in own.groups)
        if not bases:  # a constant needs no measurement
            continue
        for part in own.parts:
            for gain in np.unique(gains[part.rows]):
                chosen = gains[part.rows] == gain
                yield Share(
                    state=state,
                    circuit=part.circuit,
                    rows=part.rows[chosen],
                    angles=part.angles[chosen],
                    bases=bases,
                    gain=float(gain),
                )


def gains_of(experiment: Experiment) -> FloatArray:
    """Noise gain of each point, shape ``(P,)``."""
    if NOISE_GAIN not in experiment.knobs:
        return np.ones(len(experiment.points))
    return experiment.knob_values[:, experiment.knobs.index(NOISE_GAIN)]
