"""From gates with controls to the gates of `backends.methods.circuit`.

Exact up to one phase of the whole circuit. A phase ``g`` on all ones of ``m`` qubits is turned into
rotations of parities, ``x_1 x_2 ... x_m = 2^(1-m) sum_S (-1)^(|S|+1) (sum of S mod 2)``, visited in
the order of a Gray code with one ``cx`` each (Barenco et al., Phys. Rev. A 52, 3457 (1995), and
Möttönen et al., Phys. Rev. Lett. 93, 130502 (2004)).

A base gate is exact with its phase, which matters once it has controls. The phase of ``U`` differs
between versions 3.0 and 3.1 of the language and between programs, so that ``u`` cannot have
controls; ``cu`` is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import pi
from typing import NamedTuple, TypeAlias

from backends.schema.experiment import FloatArray

Angle: TypeAlias = "float | FloatArray"

MOST_CONTROLS = 6
WITHOUT_CONTROLS = frozenset({"u", "u2"})
INVERSES = {"s": "sdg", "t": "tdg", "sx": "sxdg"}
INVERSES |= {inverse: name for name, inverse in INVERSES.items()}
_PHASES = {"z": pi, "s": pi / 2, "sdg": -pi / 2, "t": pi / 4, "tdg": -pi / 4}


class Step(NamedTuple):
    """One gate of the result."""

    name: str
    qubits: tuple[int, ...]
    angle: Angle | None = None


def inverse(base: str, angles: Sequence[Angle]) -> tuple[str, list[Angle]]:
    """Base gate and angles that undo one."""
    back = [-angle for angle in angles]
    if base in {"u", "cu"}:  # U(a, b, c)^-1 = U(-a, -c, -b)
        back[1], back[2] = back[2], back[1]
    if base == "u2":  # U(pi/2, b, c)^-1
        return "u", [-pi / 2, back[1], back[0]]
    return INVERSES.get(base, base), back


def lower(
    base: str, angles: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
) -> Iterator[Step]:
    """The gates of one base gate, whatever its controls.

    Args:
        controls: At most `MOST_CONTROLS`, none for one of `WITHOUT_CONTROLS`.
    """
    if base == "id":
        return
    if base in {"rxx", "ryy"}:
        yield from _turned_pair(base, angles, controls, targets)
    elif base in {"u", "u2"}:
        theta, phi, lam = angles if base == "u" else (pi / 2, *angles)
        yield from (Step(n, targets, a) for n, a in (("rz", lam), ("ry", theta), ("rz", phi)))
    elif base in {"p", "gphase"}:
        yield from _phase(angles[0], (*controls, *targets))
    elif not controls:
        yield Step(base, targets, *angles)
    else:
        yield from _CONTROLLED[base](angles, controls, targets)


@cache
def size(base: str, angles: int, controls: int, targets: int) -> int:
    """How many gates `lower` gives, at least 1."""
    places = tuple(range(controls + targets))
    steps = lower(base, [1.0] * angles, places[:controls], places[controls:])
    return max(1, sum(1 for _ in steps))


def _phase(angle: Angle, qubits: tuple[int, ...]) -> Iterator[Step]:
    """``exp(i angle)`` where all qubits are 1; without qubits, a phase of everything."""
    share = angle / 2 ** max(len(qubits) - 1, 0)
    for place, qubit in enumerate(qubits):
        yield Step("rz", (qubit,), share)
        inside = 0
        for count in range(1, 2**place):
            flipped = (count & -count).bit_length() - 1
            inside ^= 1 << flipped
            yield Step("cx", (qubits[flipped], qubit))
            yield Step("rz", (qubit,), -share if inside.bit_count() & 1 else share)
        if place:
            yield Step("cx", (qubits[place - 1], qubit))


def _x(_: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]) -> Iterator[Step]:
    if len(controls) == 1:
        yield Step("cx", (*controls, *targets))
        return
    yield Step("h", targets)
    yield from _phase(pi, (*controls, *targets))
    yield Step("h", targets)


def _y(_: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]) -> Iterator[Step]:
    yield Step("sdg", targets)
    yield from _x((), controls, targets)
    yield Step("s", targets)


def _z(_: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]) -> Iterator[Step]:
    if len(controls) == 1:
        yield Step("cz", (*controls, *targets))
    else:
        yield from _phase(pi, (*controls, *targets))


def _h(_: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]) -> Iterator[Step]:
    """``H = Ry(pi/4) Z Ry(-pi/4)``."""
    yield Step("ry", targets, -pi / 4)
    yield from _z((), controls, targets)
    yield Step("ry", targets, pi / 4)


def _fixed_phase(name: str) -> Callable[..., Iterator[Step]]:
    def phase(
        _: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
    ) -> Iterator[Step]:
        yield from _phase(_PHASES[name], (*controls, *targets))

    return phase


def _root(angle: float) -> Callable[..., Iterator[Step]]:
    """``sx = H S H`` and its inverse."""

    def root(
        _: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
    ) -> Iterator[Step]:
        yield Step("h", targets)
        yield from _phase(angle, (*controls, *targets))
        yield Step("h", targets)

    return root


def _turn(name: str) -> Callable[..., Iterator[Step]]:
    """``R(a) = R(a/2) X R(-a/2) X``, with X under control."""

    def turn(
        angles: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
    ) -> Iterator[Step]:
        for half in (angles[0] / 2, -angles[0] / 2):
            yield Step(name, targets, half)
            yield from _x((), controls, targets)

    return turn


def _rx(
    angles: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
) -> Iterator[Step]:
    yield Step("h", targets)
    yield from _turn("rz")(angles, controls, targets)
    yield Step("h", targets)


def _swap(
    _: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
) -> Iterator[Step]:
    one, two = targets
    yield Step("cx", (two, one))
    yield from _x((), (*controls, one), (two,))
    yield Step("cx", (two, one))


def _rzz(
    angles: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
) -> Iterator[Step]:
    yield Step("cx", targets)
    yield from _turn("rz")(angles, controls, targets[1:])
    yield Step("cx", targets)


def _turned_pair(
    base: str, angles: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
) -> Iterator[Step]:
    """``rxx`` and ``ryy`` as ``rzz`` in another basis."""
    into, back = (("h",), ("h",)) if base == "rxx" else (("sdg", "h"), ("h", "s"))
    yield from (Step(name, (qubit,)) for qubit in targets for name in into)
    yield from lower("rzz", angles, controls, targets)
    yield from (Step(name, (qubit,)) for qubit in targets for name in back)


def _cu(
    angles: Sequence[Angle], controls: tuple[int, ...], targets: tuple[int, ...]
) -> Iterator[Step]:
    """``e^(i g) e^(i (b + c)/2) Rz(b) Ry(a) Rz(c)`` under control."""
    theta, phi, lam, gamma = angles
    yield from _phase(gamma + (phi + lam) / 2, controls)
    for name, angle in (("rz", lam), ("ry", theta), ("rz", phi)):
        yield from _turn(name)((angle,), controls, targets)


_CONTROLLED: dict[str, Callable[..., Iterator[Step]]] = {
    "x": _x,
    "y": _y,
    "z": _z,
    "h": _h,
    "sx": _root(pi / 2),
    "sxdg": _root(-pi / 2),
    "rx": _rx,
    "ry": _turn("ry"),
    "rz": _turn("rz"),
    "rzz": _rzz,
    "swap": _swap,
    "cu": _cu,
    **{name: _fixed_phase(name) for name in ("s", "sdg", "t", "tdg")},
}
