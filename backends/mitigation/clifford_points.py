"""Clifford points of a program's own circuits, those first that tell most about its observables.

Candidates have the program's circuits with every angle at a multiple of pi/2: the nearest ones at
its points, as in Clifford data regression (Czarnik, Arrasmith, Coles & Cincio, Quantum 5, 592
(2021)), then ones chosen at random with a fixed seed. Stabilizers give their values without noise.
They are taken greedily: the next one adds most to ``sum_o log(I_o)``, where ``I_o`` sums the
squares of how far the known values are from the mixed state's, in units of the observable's span.
So each beginning of the list is a list that could have been asked for.

Shapes use ``K`` for chosen points, ``T`` for angles and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.program import Part, Program
from backends.mitigation.anchors import QUARTER, snapped
from backends.schema.experiment import FloatArray
from backends.simulators.circuit_backend import Run
from backends.simulators.stim import StimBackend
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable

NEAREST, NEAR, ANY = 24, 16, 16
"""How many candidates are the nearest of a point, of those around it, and any."""
SEED = 20_592
_FLOOR = 0.01
_DECIMALS = 6
"""Of a gain: what differs by less is a tie, which the earlier candidate wins on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CliffordPoint:
    """A circuit of known values.

    Attributes:
        row: Point of the program whose circuit and observables it has.
        part: Which of the program's parts.
        angles: Shape ``(T,)``.
        exact: Without noise, shape ``(O,)``.
        mixed: Of the maximally mixed state, shape ``(O,)``.
    """

    row: int
    part: int
    angles: FloatArray
    exact: FloatArray
    mixed: FloatArray


def clifford_points(program: Program, most: int) -> list[CliffordPoint]:
    """At most so many; fewer where no more tell anything, or no circuit can be Clifford."""
    if most < 1 or program.solver or program.excited or not program.parts:
        return []
    known = [point for point in _candidates(program) if np.isfinite(point.exact).all()]
    telling = [_telling(program, point) for point in known]
    return [known[index] for index in _greedy(telling, most)]


def _candidates(program: Program) -> Iterator[CliffordPoint]:
    """Without repeats, the nearest first."""
    rows = [(n, int(row)) for n, part in enumerate(program.parts) for row in part.rows]
    rows.sort(key=lambda pair: pair[1])
    rng = np.random.default_rng(SEED)
    seen: set[tuple[int, int, bytes]] = set()
    for index in range(NEAREST + NEAR + ANY):
        number, row = rows[index * max(1, len(rows) // NEAREST) % len(rows)]
        part = program.parts[number]
        drawn = rng.random(part.circuit.angles)
        own = part.angles[np.searchsorted(part.rows, row)]
        if index < NEAREST:
            angles = snapped(own)
        elif index < NEAREST + NEAR:
            angles = np.floor(own / QUARTER + drawn) * QUARTER
        else:
            angles = np.floor(4.0 * drawn) * QUARTER
        key = (number, row, np.round(angles / QUARTER).astype(np.int64).tobytes())
        if key not in seen:
            seen.add(key)
            yield _known(program, number, row, angles)


def _known(program: Program, number: int, row: int, angles: FloatArray) -> CliffordPoint:
    part, operators = program.parts[number], program.operators[row]
    try:
        exact = _exact(part, angles, operators)
    except ProgramRejected:  # a gate without an angle is no Clifford gate
        exact = np.full(len(operators), np.nan)
    mixed = np.array([one.mixed_value for one in operators])
    return CliffordPoint(row=row, part=number, angles=angles, exact=exact, mixed=mixed)


def _exact(part: Part, angles: FloatArray, operators: Sequence[Measurable]) -> FloatArray:
    alone = Part(rows=np.zeros(1, dtype=np.int64), circuit=part.circuit, angles=angles[None])
    run = Run(part=alone, bases=(), shots=0, seed=0, settings={}, knobs={})
    found: FloatArray = StimBackend().expectations(run, [operators])[0]
    return found


def _telling(program: Program, point: CliffordPoint) -> FloatArray:
    """Squared distance from the mixed state in units of the span, shape ``(O,)``."""
    spans = [_span(one) for one in program.operators[point.row]]
    told: FloatArray = ((point.exact - point.mixed) / np.array(spans)) ** 2
    return told


def _span(one: Measurable) -> float:
    """How far its values can be from the mixed state's; 1 of a constant."""
    if not isinstance(one, PauliSum):
        return 1.0
    return sum(abs(value) for word, value in one.terms.items() if word.support) or 1.0


def _greedy(telling: Sequence[FloatArray], most: int) -> list[int]:
    chosen: list[int] = []
    rest = list(range(len(telling)))
    have = np.full(len(telling[0]), _FLOOR) if telling else np.empty(0)
    while rest and len(chosen) < most:
        gains = [round(float(np.log1p(telling[i] / have).sum()), _DECIMALS) for i in rest]
        best = int(np.argmax(gains))
        if gains[best] <= 0.0:
            break
        have = have + telling[rest[best]]
        chosen.append(rest.pop(best))
    return chosen
