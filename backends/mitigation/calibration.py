"""How much misreading damps each word, measured on the state 0 of the qubits that are read.

Shapes use ``W`` for words and ``K`` for independent causes of the errors of their damping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backends.methods.circuit import Circuit
from backends.methods.grouping import Group
from backends.mitigation.kept import Record
from backends.mitigation.measurement import Measurement
from backends.mitigation.tape import Compilation, Tape
from backends.mitigation.task import Task
from backends.mitigation.technique import whole_number
from backends.mitigation.words import word_means
from backends.schema.experiment import FloatArray
from backends.simulators.compiled import Z_EVERYWHERE

SHOTS = "calibration_shots"
SIGMAS = 5.0


@dataclass(frozen=True, slots=True)
class Flip:
    """A pass that flips some bits right before they are read."""

    bits: int

    def __call__(self, source: Compilation) -> Compilation:
        tape = Tape(source)
        tape.write(*source.circuit.gates)
        for bit, place in enumerate(source.places):
            if self.bits >> bit & 1:  # any Pauli that the measured one does not commute with
                tape.pauli("Z" if source.basis.letter(bit) in "XY" else "X", place)
        return tape.finished()


@dataclass(frozen=True, slots=True)
class Flips:
    """The sets of qubits of a task, as bits, and whether they are all there are."""

    bits: list[int]
    complete: bool

    def label(self, bits: int, task: Task) -> str:
        """A set as a string, qubit 0 rightmost."""
        return format(bits, f"0{task.circuit.qubits}b")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Damping:
    """Of the words of a group.

    Attributes:
        factors: Shape ``(W,)``.
        loadings: ``Cov(d) = loadings loadings'``, shape ``(W, K)``, with the same ``K`` independent
            causes for all groups.
    """

    factors: FloatArray
    loadings: FloatArray

    @property
    def known(self) -> bool:
        """Whether every factor is told from 0."""
        sigmas = np.sqrt((self.loadings**2).sum(axis=1))
        return bool((self.factors > SIGMAS * sigmas).all())

    @property
    def none(self) -> Damping:
        """As if nothing were damped."""
        return Damping(factors=np.ones_like(self.factors), loadings=np.zeros_like(self.loadings))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """What was learned for a task.

    Attributes:
        damping: Of each group.
        places: Which qubits each group is read from.
        records: Of the circuits.
    """

    damping: list[Damping]
    places: list[tuple[int, ...]]
    records: tuple[Record, ...]


def calibrations(
    tasks: Sequence[Task], flips: list[Flips], inner: Measurement
) -> list[Calibration]:
    """Damping of each group's words, measured on the state 0 of the qubits that are read."""
    places = [[one.places for one in inner.compilations(task)] for task in tasks]
    asked = [
        (_calibrating(task, one, inner).seeded(len(one.bits), k, j), Flip(bits)(empty))
        for task, one, found in zip(tasks, flips, places, strict=True)
        for k, empty in enumerate(_prepared(task, found))
        for j, bits in enumerate(one.bits)
    ]
    seen = iter(inner.counts(asked))
    learned = []
    for task, one, found in zip(tasks, flips, places, strict=True):
        by_place = {place: [next(seen)[0] for _ in one.bits] for place in dict.fromkeys(found)}
        kept = tuple(
            {"places": list(place), "flipped": one.label(bits, task), "counts": counts}
            for place, read in by_place.items()
            for bits, counts in zip(one.bits, read, strict=True)
        )
        damping = _dampings(task, found, by_place, one)
        learned.append(Calibration(damping=damping, places=found, records=kept))
    return learned


def _calibrating(task: Task, flips: Flips, inner: Measurement) -> Task:
    assert task.shots is not None
    default = task.shots * len(task.angles)
    total = whole_number(task.settings, SHOTS, default, 2, 10**12)
    most = inner.backend.capabilities.max_shots or total
    return replace(task, shots=min(max(2, total // len(flips.bits)), most))


def _prepared(task: Task, places: list[tuple[int, ...]]) -> list[Compilation]:
    """Nothing but the measurement, of each different choice of qubits."""
    return [
        Compilation(
            circuit=Circuit(max(place) + 1, ()),
            angles=np.empty((1, 0)),
            places=place,
            basis=Z_EVERYWHERE,
        )
        for place in dict.fromkeys(places)
    ]


def _dampings(
    task: Task,
    places: list[tuple[int, ...]],
    seen: dict[tuple[int, ...], list[dict[str, int]]],
    flips: Flips,
) -> list[Damping]:
    """Of each group's words, from the counts of the qubits that it is read from."""
    learned: dict[tuple[int, ...], tuple[list[int], FloatArray, FloatArray]] = {}
    for place, counts in seen.items():
        groups = [g for g, at in zip(task.groups, places, strict=True) if at == place]
        supports = sorted({word.support for group in groups for word in group.words})
        learned[place] = supports, *_learned(supports, counts, flips)
    causes = sum(loadings.shape[1] for _, _, loadings in learned.values())
    first, damping = 0, {}
    for place, (supports, factors, loadings) in learned.items():
        every = np.zeros((len(supports), causes))
        every[:, first : first + loadings.shape[1]] = loadings
        first += loadings.shape[1]
        damping[place] = supports, factors, every
    return [_of_group(g, *damping[place]) for g, place in zip(task.groups, places, strict=True)]


def _learned(
    supports: list[int], seen: list[dict[str, int]], flips: Flips
) -> tuple[FloatArray, FloatArray]:
    """Damping of words of some supports, shape ``(W,)``, and its loadings, shape ``(W, K)``."""
    read = [word_means(counts, supports) for counts in seen]
    signs = np.array([_signs(supports, bits) for bits in flips.bits])
    means = np.array([mean for mean, _ in read]) * signs
    shot = np.mean([c * np.outer(s, s) for (_, c), s in zip(read, signs, strict=True)], axis=0)
    spread = shot if flips.complete else np.atleast_2d(np.cov(means.T))
    sizes, causes = np.linalg.eigh(spread / len(flips.bits))
    return means.mean(axis=0), causes * np.sqrt(np.maximum(sizes, 0.0))


def _of_group(
    group: Group, supports: list[int], factors: FloatArray, loadings: FloatArray
) -> Damping:
    at = [supports.index(word.support) for word in group.words]
    return Damping(factors=factors[at], loadings=loadings[at])


def _signs(supports: Sequence[int], bits: int) -> FloatArray:
    """What flipping the bits does to words of some supports, shape ``(W,)``."""
    return np.array([1.0 - 2.0 * ((support & bits).bit_count() & 1) for support in supports])
