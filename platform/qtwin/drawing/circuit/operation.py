"""What is drawn of a gate, and how gates of stored circuits become that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

CONTROLLED = {"cx": "x", "cz": "z", "cy": "y", "ch": "h", "ccx": "x", "ccz": "z", "cswap": "swap"}
CONTROLS = {"ccx": 2, "ccz": 2}
FINEST = 64
"""Largest denominator of a fraction of pi that an angle is written as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A gate as it is drawn.

    Attributes:
        name: Of what acts on the targets: ``x`` of a ``cx``.
        controls: Qubits, each with whether it acts on 1.
        angle: Its parameters in words, or nothing.
    """

    name: str
    targets: tuple[int, ...]
    controls: tuple[tuple[int, bool], ...] = ()
    angle: str = ""

    @property
    def qubits(self) -> tuple[int, ...]:
        """Controls first."""
        return (*(qubit for qubit, _ in self.controls), *self.targets)


def operations(gates: Iterable[Sequence[Any]], angles: Sequence[float]) -> Iterator[Operation]:
    """Gates as `backends.methods.told` keeps them, at the angles of one point."""
    for name, on, *column in gates:
        count = CONTROLS.get(name, 1) if name in CONTROLLED else 0
        yield Operation(
            name=CONTROLLED.get(name, name),
            targets=tuple(on[count:]),
            controls=tuple((qubit, True) for qubit in on[:count]),
            angle=radians(angles[column[0]]) if column else "",
        )


def written(gates: Iterable[Sequence[Any]]) -> Iterator[Operation]:
    """Gates as `backends.qasm.outline` tells them."""
    for name, targets, controls, angles in gates:
        yield Operation(
            name=name,
            targets=tuple(targets),
            controls=tuple((qubit, bool(positive)) for qubit, positive in controls),
            angle=", ".join(a if isinstance(a, str) else radians(a) for a in angles),
        )


def radians(angle: float) -> str:
    """An angle as people write it: ``π/4``, ``−3π/2``, ``0.785``."""
    if not angle:
        return "0"
    share = Fraction(angle / math.pi).limit_denominator(FINEST)
    sign = "−" if angle < 0 else ""
    if share and abs(float(share) * math.pi - angle) < 1e-9:
        top, bottom = abs(share.numerator), share.denominator
        times = "" if top == 1 else str(top)
        return f"{sign}{times}π" + (f"/{bottom}" if bottom > 1 else "")
    return f"{sign}{abs(angle):.3g}"
