"""One point's circuit of ADAPT-VQE, grown from one start after the other until none is trapped.

The first start is the pool's own. Where its growth ends on a state that is not of the lowest level,
basis states follow that have the lowest level's numbers (`Lowest.starts`); the first growth that is
not trapped counts.

There are two traps. All operators leave the energy stationary, and the state is no eigenstate: then
``|H psi - E psi|`` is many times the gradient, instead of of its order. Or it is an eigenstate, or
nearly, of another symmetry than the ground state's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.classical.diagonalization import NotConverged
from backends.methods.circuit import basis_state
from backends.methods.variational import gradient
from backends.methods.variational.ansatz import Ansatz, Turn
from backends.methods.variational.landscape import Kernel, Landscape
from backends.methods.variational.lowest import Lowest
from backends.methods.variational.pool import Pool
from backends.methods.variational.settings import DEFAULT_ITERATIONS, GRADIENT, integer
from backends.methods.variational.space import Space, States
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum

DEFAULT_THRESHOLD = 1e-3
DEFAULT_OPERATORS = 150
STATIONARY = 1e-2
"""Gradient relative to the spread of the energy below which a state is a trap."""
STEEP = 0.5
"""Of the largest slope: operators above this are chosen from by chance."""
CHANCES = 4
_ALONE = np.arange(1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grown:
    """What grew at one point.

    Attributes:
        parameters: Shape ``(T,)``.
        energy: Of the state.
        norm: Of the pool's gradient at the end.
        spread: Standard deviation of the energy of the state.
        failure: Why there is no answer, or empty.
        trapped: The failure is that no operator leads on.
    """

    ansatz: Ansatz
    parameters: FloatArray
    energy: float
    norm: float
    spread: float
    failure: str
    trapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop.

    Attributes:
        given: Whether the user set the number of operators: then reaching it is an answer.
    """

    threshold: float
    operators: int
    given: bool
    iterations: int

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Limits:
        """Read the settings of an experiment.

        Raises:
            ProgramRejected: One that counts is not a whole number.
        """
        operators = integer(settings, "max_operators")
        return cls(
            threshold=float(settings.get("gradient_threshold", DEFAULT_THRESHOLD)),
            operators=operators or DEFAULT_OPERATORS,
            given=operators is not None,
            iterations=integer(settings, "iterations") or DEFAULT_ITERATIONS[GRADIENT],
        )

    def reached(self, norm: float) -> str:
        """What to say of a gradient with as many operators as are allowed."""
        if self.given:
            return ""
        return f"adapt did not converge: the gradient is {norm:.1e} with {self.operators} operators"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Growth:
    """What grows.

    Attributes:
        empty: The circuit of the pool's own start.
        pool: Operators.
        space: What can be reached.
        chance: What chooses among the steepest operators, or None.
    """

    operator: PauliSum
    empty: Ansatz
    pool: Pool
    space: Space
    limits: Limits
    chance: np.random.Generator | None = None

    def best(self) -> Grown:
        """The first growth that is not trapped, or the pool's own."""
        own = self._grown()
        try:
            lowest = Lowest.of(self.operator, self.space.members, self.limits.threshold)
        except NotConverged:
            return (
                own if own.failure else replace(own, failure="adapt: the lowest level is unknown")
            )
        checked = self._checked(own, lowest)
        if not checked.trapped:
            return checked
        for other in self._others(list(lowest.starts())):
            found = other._checked(other._grown(), lowest)
            if not found.trapped:
                return found
        return checked

    def _others(self, basis_states: Sequence[int]) -> Iterator[Growth]:
        """The same from basis states, then from the first of them by chance."""
        others = [self._from(bits) for bits in basis_states]
        yield from others
        for seed in range(CHANCES):
            yield replace(others[0], chance=np.random.default_rng(seed))

    def _from(self, bits: int) -> Growth:
        """The same from a basis state."""
        start = np.where(self.space.members == bits, 1.0, 0.0).astype(self.space.start.dtype)
        return replace(
            self,
            empty=replace(self.empty, start=tuple(basis_state(bits))),
            pool=replace(self.pool, turns=self.pool.wider),
            space=replace(self.space, start=start),
        )

    def _checked(self, grown: Grown, lowest: Lowest) -> Grown:
        """The same, failed where it is trapped."""
        if grown.failure or grown.norm >= self.limits.threshold:
            return grown
        if grown.norm < STATIONARY * grown.spread and grown.spread > self.limits.threshold:
            reason = (
                f"every operator leaves the energy stationary, whose spread is {grown.spread:.1e}"
            )
        else:
            states = Kernel(grown.ansatz, self.space).states(grown.parameters[None])
            reason = lowest.missed(states[:, 0], grown.energy)
        if not reason:
            return grown
        return replace(grown, failure=f"adapt is trapped: {reason}", trapped=True)

    def _grown(self) -> Grown:
        """Append operators until the gradient is small."""
        space, limits, turns, failure = self.space, self.limits, self.pool.turns, ""
        ansatz, parameters, inverse = self.empty, np.zeros((1, 0)), np.zeros((1, 0, 0))
        landscape = Landscape(Kernel(ansatz, space), space.operator([self.operator]), 1)
        rotations = [space.rotation(turn) for turn in turns]
        while True:
            states = landscape.kernel.states(parameters)
            moved = landscape.operator.apply(states, _ALONE)
            slopes = np.array([float(turn.slope(moved, states)[0]) for turn in rotations])
            norm = float(np.linalg.norm(slopes))
            if norm < limits.threshold or failure:
                break
            if ansatz.parameters == limits.operators:
                failure = limits.reached(norm)
                break
            best = turns[self._steep(np.abs(slopes))]
            step = Turn(best.words, ansatz.parameters)
            ansatz = replace(ansatz, steps=(*ansatz.steps, step), parameters=ansatz.parameters + 1)
            landscape = replace(landscape, kernel=Kernel(ansatz, space))
            first = np.concatenate([parameters, np.zeros((1, 1))], axis=1)
            found, inverse = gradient.resumed(landscape, first, limits.iterations, _wider(inverse))
            parameters = found.parameters
            if not found.converged[0]:
                failure = f"adapt did not converge: {found.reason}"
        return Grown(
            ansatz=ansatz,
            parameters=parameters[0],
            energy=float(np.vdot(states[:, 0], moved[:, 0]).real),
            norm=norm,
            spread=_spread(states, moved),
            failure=failure,
        )

    def _steep(self, slopes: FloatArray) -> int:
        """The steepest; equal ones must not be told apart by rounding."""
        if self.chance is None:
            return int(np.argmax(np.round(slopes, 10)))
        return int(self.chance.choice(np.flatnonzero(slopes >= STEEP * slopes.max())))


def _spread(states: States, moved: States) -> float:
    """``|H psi - E psi|`` of the only column."""
    mean = np.vdot(states[:, 0], moved[:, 0])
    return float(np.linalg.norm(moved[:, 0] - mean * states[:, 0]))


def _wider(inverse: FloatArray) -> FloatArray:
    """An inverse Hessian of one parameter more, which bends as the others do on average."""
    size = inverse.shape[1]
    wider = np.zeros((1, size + 1, size + 1))
    wider[:, :size, :size] = inverse
    wider[:, size, size] = np.trace(inverse[0]) / size if size else 1.0
    return wider
