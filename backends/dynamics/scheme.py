"""Splittings of an evolution into diagonal phases and rotations of qubits.

Symmetric compositions ``a_1 b_1 a_2 b_2 ... b_1 a_1`` of Blanes and Moan, J. Comput. Appl. Math.
142, 313 (2002): S6 of order 4 and S10 of order 6. Time advances with the diagonal phases, whose
integrals over time are exact; the drive is taken at the time at which it acts. That is a splitting
of the autonomous system that time is a coordinate of, so the order is kept for any drive.
"""

from __future__ import annotations

from dataclasses import dataclass

FOURTH = (
    (0.0792036964311957, 0.353172906049774, -0.0420650803577195),
    (0.209515106613362, -0.143851773179818),
)
SIXTH = (
    (
        0.0502627644003922,
        0.413514300428344,
        0.0450798897943977,
        -0.188054853819569,
        0.541960678450780,
    ),
    (0.148816447901042, -0.132385865767784, 0.067307604692185, 0.432666402578175),
)
ORDERS = (4, 6)
BLOCK = 64


@dataclass(frozen=True, slots=True)
class Stage:
    """One exponential of a substep; everything in units of the substep.

    Attributes:
        diagonal: Whether it is a phase; otherwise a rotation.
        share: For how long it acts; may be negative.
        time: Middle of the time that a phase covers; when a rotation acts.
        edge: The edge between substeps, 0 to their number, at which it begins, ends, or which it
            covers; None inside a substep.
    """

    diagonal: bool
    share: float
    time: float
    edge: int | None = None


def stages(order: int, substeps: int) -> list[Stage]:
    """The exponentials of a slice of so many substeps, first to last, neighbours merged.

    Phases come first in order 4 and rotations in order 6, which gives the smaller errors for
    Rydberg arrays.

    Raises:
        ValueError: There is no splitting of that order.
    """
    if order not in ORDERS:
        raise ValueError(f"order is {order}; allowed: 4, 6")
    outer, inner = _coefficients(*(FOURTH if order == 4 else SIXTH))
    made: list[Stage] = []
    last = len(outer) + len(inner) - 1
    for step in range(substeps):
        now = float(step)
        for index in range(last + 1):
            diagonal = (index % 2 == 0) == (order == 4)
            share = (inner if index % 2 else outer)[index // 2]
            moved = share if diagonal else 0.0
            edge = {0: step, last: step + 1}.get(index)
            stage = Stage(diagonal, share, now + moved / 2, edge)
            if index == 0 and made:
                stage = Stage(diagonal, 2 * share, float(step), step)
                made.pop()
            made.append(stage)
            now += moved
    return made


def blocks(order: int, substeps: int) -> list[list[Stage]]:
    """`stages` in parts of at most `BLOCK`, whose tables are computed together."""
    every = stages(order, substeps)
    return [every[start : start + BLOCK] for start in range(0, len(every), BLOCK)]


def _coefficients(
    outer: tuple[float, ...], inner: tuple[float, ...]
) -> tuple[list[float], list[float]]:
    middle = 1 - 2 * sum(outer)
    last = 0.5 - sum(inner)
    return [*outer, middle, *outer[::-1]], [*inner, last, last, *inner[::-1]]
