"""Where the qubits of a device are drawn, from who is joined to whom and how they are numbered.

Vendors number qubits row by row, so that consecutive ones that are joined are a row, and a qubit
between two rows is a bridge of a heavy-hexagonal lattice. Google's number is ``32 row + column``.
What fits none of these is drawn by its distance from one of its ends.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import fmean, median_low

from backends.systems.lattice import heavy_hex
from qtwin.drawing.sites import Point, circle

Edges = Collection[tuple[int, int]]
Places = dict[int, Point]
Anchors = list[tuple[int, float, float]]
"""Positions in a row, each with the column and the row where it should be."""

GOOGLE_COLUMNS = 32
FALCON = (
    (1, 0), (1, 1), (2, 1), (3, 1), (1, 2), (3, 2), (0, 3), (1, 3), (3, 3), (4, 3), (1, 4), (3, 4),
    (1, 5), (2, 5), (3, 5), (1, 6), (3, 6), (0, 7), (1, 7), (3, 7), (4, 7), (1, 8), (3, 8), (1, 9),
    (2, 9), (3, 9), (3, 10),
)  # fmt: skip
"""Rows and columns of IBM's 27 qubits; its 16 qubits are the first of these."""


def places(qubits: Sequence[int], edges: Edges) -> Places:
    """A place for each qubit, y downward, joined ones at a distance of 1 where that is possible."""
    for layout in (_google, _falcon, _eagle, _rows):
        found = layout(qubits, edges)
        if found and fits(found, edges):
            return found
    return _layers(qubits, edges)


def fits(found: Mapping[int, Point], edges: Edges) -> bool:
    """Whether joined qubits are at a distance of 1, and no two at one place."""
    apart = len(set(found.values())) == len(found)
    return apart and all(math.isclose(math.dist(found[a], found[b]), 1) for a, b in edges)


def neighbours(edges: Edges) -> dict[int, set[int]]:
    """Of each qubit that has any."""
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in edges:
        found[one].add(other)
        found[other].add(one)
    return found


def _google(qubits: Sequence[int], edges: Edges) -> Places:
    steps = {abs(a - b) for a, b in edges}
    if GOOGLE_COLUMNS not in steps:
        return {}
    return {q: (q % GOOGLE_COLUMNS, q // GOOGLE_COLUMNS) for q in qubits}


def _falcon(qubits: Sequence[int], edges: Edges) -> Places:
    if not 15 < len(qubits) <= len(FALCON) or max(qubits) >= len(FALCON):
        return {}
    return {q: (FALCON[q][1], FALCON[q][0]) for q in qubits}


def _eagle(qubits: Sequence[int], edges: Edges) -> Places:
    found, _ = heavy_hex(7, 15)
    if len(qubits) != len(found) or max(qubits) >= len(found):
        return {}
    return {q: (place[1], 2.0 * place[0] + (len(place) == 3)) for q, place in enumerate(found)}


def _rows(qubits: Sequence[int], edges: Edges) -> Places:
    """Runs of consecutive joined qubits under each other, single ones as bridges between them."""
    joined = neighbours(edges)
    found: Places = {}
    bridges = [run[0] for run in _runs(qubits, joined) if len(run) == 1]
    for run in _runs(qubits, joined):
        if len(run) > 1:
            _place_row(run, found, joined, bridges)
    for bridge in bridges:
        above = [found[q] for q in sorted(joined[bridge]) if q in found]
        if not above:
            return {}
        x, y = min(above, key=lambda place: place[1])
        found[bridge] = (x, y + 1)
    return found


def _runs(qubits: Sequence[int], joined: Mapping[int, set[int]]) -> list[list[int]]:
    runs: list[list[int]] = []
    for qubit in sorted(qubits):
        if runs and runs[-1][-1] == qubit - 1 and qubit in joined.get(qubit - 1, ()):
            runs[-1].append(qubit)
        else:
            runs.append([qubit])
    return runs


def _place_row(
    run: Sequence[int],
    found: Places,
    joined: Mapping[int, set[int]],
    bridges: Collection[int],
) -> None:
    """Put a row below those before it, under the qubits that it is joined to."""
    anchors: Anchors = []
    for position, qubit in enumerate(run):
        for other in joined[qubit]:
            if other in found:
                anchors.append((position, found[other][0], found[other][1] + 1))
            elif other in bridges:
                anchors += [
                    (position, found[q][0], found[q][1] + 2) for q in joined[other] if q in found
                ]
    y = max((row for _, _, row in anchors), default=0)
    sign, offset = min(
        ((sign, _offset(anchors, sign)) for sign in (1, -1)), key=lambda one: _missed(anchors, *one)
    )
    for position, qubit in enumerate(run):
        found[qubit] = (offset + sign * position, y)


def _offset(anchors: Anchors, sign: int) -> float:
    """Column of a row's first qubit, if columns grow by ``sign`` from one to the next."""
    return median_low([c - sign * p for p, c, _ in anchors]) if anchors else 0.0


def _missed(anchors: Anchors, sign: int, offset: float) -> float:
    """By how many columns the anchors are missed together."""
    return sum(abs(c - sign * p - offset) for p, c, _ in anchors)


def _layers(qubits: Sequence[int], edges: Edges) -> Places:
    """Columns by distance from an end, in the order of their neighbours; a circle where all touch.

    What is joined to nothing stands in rows below.
    """
    joined = neighbours(edges)
    if len(qubits) > 2 and len(edges) == len(qubits) * (len(qubits) - 1) // 2:
        return dict(zip(sorted(qubits), circle(len(qubits)), strict=True))
    found: Places = {}
    top = 0.0
    for part in _parts(qubits, joined):
        top = _place_part(part, joined, found, top)
    alone = sorted(q for q in qubits if q not in joined)
    across = max(1, math.ceil(math.sqrt(len(alone))))
    return found | {q: (at % across, top + at // across) for at, q in enumerate(alone)}


def _parts(qubits: Iterable[int], joined: Mapping[int, set[int]]) -> list[list[list[int]]]:
    """Connected parts, each as layers of equal distance from one of its ends."""
    left, parts = {q for q in qubits if q in joined}, []
    while left:
        end = _distances(min(left), joined)[-1][0]
        layers = _distances(end, joined)
        parts.append(layers)
        left -= {q for layer in layers for q in layer}
    return parts


def _distances(first: int, joined: Mapping[int, set[int]]) -> list[list[int]]:
    seen, queue = {first: 0}, deque([first])
    while queue:
        qubit = queue.popleft()
        for other in sorted(joined[qubit]):
            if other not in seen:
                seen[other] = seen[qubit] + 1
                queue.append(other)
    layers: list[list[int]] = [[] for _ in range(max(seen.values()) + 1)]
    for qubit, distance in seen.items():
        layers[distance].append(qubit)
    return layers


def _place_part(
    layers: list[list[int]], joined: Mapping[int, set[int]], found: Places, top: float
) -> float:
    """Place one part below ``top``; returns where the next may begin."""
    tallest = max(map(len, layers))
    for x, layer in enumerate(layers):
        ranked = sorted(layer, key=lambda q: (_mean_height(q, joined, found), q))
        begin = top + (tallest - len(layer)) / 2
        for at, qubit in enumerate(ranked):
            found[qubit] = (x, begin + at)
    return top + tallest


def _mean_height(qubit: int, joined: Mapping[int, set[int]], found: Places) -> float:
    known = [found[other][1] for other in joined[qubit] if other in found]
    return fmean(known) if known else 0.0
