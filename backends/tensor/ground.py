"""Ground states at a bond dimension, and how much twice the bond dimension changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from backends.systems import qubit_observables as named
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.projector import Measurable
from backends.tensor.chain import Chain
from backends.tensor.engine import energy_tolerance
from backends.tensor.measurement import Meter, half_entropy
from backends.tensor.search import MIXED_AGAIN, MIXED_SWEEPS, Found, NotConverged, Problem, search
from backends.tensor.start import Factors

LEVELS = frozenset({named.FIRST, named.GAP})
SAME_ENERGY = 1e-9
"""Energies closer than this, relative to the sum of the coefficients, are one."""
SAME_VALUE = 1e-6
EXACT = 1e-12
"""Discarded weight below which a bond dimension that all but holds any state is exact."""
NOTHING = 1e-18
"""Discarded weight that moves no observable by more than 1e-9 of its scale."""


class Ambiguous(Exception):
    """There is no one ground state, and the wanted observable depends on which is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Values of one point.

    Attributes:
        values: Of the ``O`` wanted observables, at the bond dimension that was asked for.
        errors: How far twice the bond dimension moves each.
        facts: What the search was like, JSON values only.
    """

    values: Sequence[float]
    errors: Sequence[float]
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Point:
    """A Hamiltonian, and what is wanted of its ground state.

    Attributes:
        starts: Product states from which the search starts.
    """

    chain: Chain
    meter: Meter
    hamiltonian: PauliSum
    measured: Mapping[str, Measurable]
    names: Sequence[str]
    starts: Sequence[Factors]

    @property
    def scale(self) -> float:
        """Sum of the coefficients' absolute values, the identity's left out."""
        return sum(abs(value) for word, value in self.hamiltonian.terms.items() if word.support)

    @property
    def _reach(self) -> float:
        """Most that a change of one qubit can raise the energy: twice what its words add up to."""
        words = self.hamiltonian.terms.items()
        sums = [
            sum(abs(value) for word, value in words if word.support >> qubit & 1)
            for qubit in range(self.hamiltonian.qubits)
        ]
        return 2 * max(sums) or 1.0

    def answer(self, bond_dimension: int) -> Answer:
        """The wanted values.

        Raises:
            NotConverged: No search settled.
            Ambiguous: Ground states of one energy give different values.
        """
        ground, *others = self._search(self._problem(), self._products, bond_dimension)
        excited = self._excited(ground, self._products, bond_dimension)
        values = self._values(ground, excited)
        self._check_unique(values, ground, others)
        exact = self._is_exact(ground, bond_dimension)
        errors = [0.0] * len(values)
        if not exact:
            finer = self._search(
                self._problem(), [ground.state], 2 * bond_dimension, mixed=MIXED_AGAIN
            )[0]
            again = [excited.state] if excited else []
            above = self._excited(finer, again, 2 * bond_dimension, mixed=MIXED_AGAIN)
            finer_values = self._values(finer, above)
            errors = [abs(a - b) for a, b in zip(values, finer_values, strict=True)]
        facts = {
            "bond_dimension": bond_dimension,
            "bond_dimension_reached": max(ground.state.chi),
            "discarded_weight": ground.discarded,
            "sweeps": ground.sweeps,
            "exact": exact,
        }
        return Answer(values=values, errors=errors, facts=facts)

    @property
    def _products(self) -> list[Any]:
        return [self.chain.product(start) for start in self.starts]

    def _problem(self, shift: float = 0.0) -> Problem:
        terms = dict(self.hamiltonian.terms)
        if shift:
            terms[PauliWord(0, 0)] = terms.get(PauliWord(0, 0), 0.0) - shift
        operator = self.chain.operator(PauliSum(self.hamiltonian.qubits, terms))
        return Problem(
            sites=self.chain.sites,
            operator=operator,
            scale=self.scale,
            conserves=bool(self.chain.masks),
        )

    def _search(
        self, problem: Problem, starts: Sequence[Any], size: int, *, mixed: int = MIXED_SWEEPS
    ) -> list[Found]:
        """The different states that the starts lead to, lowest first."""
        found: list[Found] = []
        reasons = []
        for start in starts:
            known = found[0].state if found else None
            try:
                one = search(problem, start, size, mixed=mixed, known=known)
            except NotConverged as error:
                reasons.append(error)
            else:
                found += [one] if one else []
        if not found:
            raise reasons[0]
        return sorted(found, key=lambda one: one.energy)

    def _excited(
        self, ground: Found, starts: Sequence[Any], size: int, *, mixed: int = MIXED_SWEEPS
    ) -> Found | None:
        """The lowest state orthogonal to the ground state, if one is asked for."""
        if not LEVELS & set(self.names):
            return None
        # TeNPy's projection puts the ground state at energy 0: what is wanted must lie below.
        shift = ground.energy + 2 * self._reach
        problem = replace(self._problem(shift), below=(ground.state,))
        found = self._search(problem, starts, size, mixed=mixed)[0]
        energy = found.energy + shift
        if found.energy > -1e-6 * self._reach:
            raise NotConverged("the search for the next level ended in the ground state")
        if energy - ground.energy < SAME_ENERGY * max(1.0, self.scale):
            raise Ambiguous("the ground state is degenerate here, so the next level is not found")
        return replace(found, energy=energy)

    def _values(self, ground: Found, excited: Found | None) -> list[float]:
        top = excited.energy if excited else float("nan")
        own: dict[str, Callable[[], float]] = {
            named.FIRST: lambda: top,
            named.GAP: lambda: top - ground.energy,
            named.ENTROPY: partial(half_entropy, ground.state),
        }
        return [
            own[name]()
            if name in own
            else self.meter.expectation(ground.state, self.measured[name])
            for name in self.names
        ]

    def _check_unique(
        self, values: Sequence[float], ground: Found, others: Sequence[Found]
    ) -> None:
        unsettled = 10 * energy_tolerance(ground.discarded, conserves=bool(self.chain.masks))
        near = max(SAME_ENERGY, unsettled) * max(1.0, self.scale)
        same = max(SAME_VALUE, ground.discarded)
        for other in others:
            if other.energy - ground.energy > near:
                continue
            apart = abs(ground.state.overlap(other.state)) ** 2 < 0.9
            for name, value in zip(self.names, values, strict=True):
                if name in LEVELS:
                    continue
                if name == named.ENTROPY:
                    differs = apart
                else:
                    again = self.meter.expectation(other.state, self.measured[name])
                    differs = abs(again - value) > same * max(1.0, abs(value))
                if differs:
                    raise Ambiguous(
                        f"states of one energy differ in {name}: the ground state is degenerate "
                        "here, or the bond dimension too low to tell"
                    )

    def _is_exact(self, ground: Found, bond_dimension: int) -> bool:
        most = 2 ** (self.chain.qubits // 2)
        if bond_dimension >= most:
            return True
        # Where numbers are conserved, sweeps that mix nothing see only few of the states left out.
        if self.chain.masks and max(ground.state.chi) >= bond_dimension:
            return False
        return ground.discarded < (EXACT if 2 * bond_dimension >= most else NOTHING)
