"""A sum of products as a matrix product operator of few states.

At each bond the sum is ``sum c_uv L_u R_v``: left parts ``u``, right parts ``v``. Every edge
``u - v`` must touch a chosen left or right part, and the fewest are a minimum vertex cover, found
from a maximum matching by König's theorem: Ren, Li, Jiang and Shuai, J. Chem. Phys. 153, 084118
(2020).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backends.tensor.strings import IDENTITY, String, Strings

Edge = tuple[int, int, str]
Left = tuple[int, str]
Row = dict[String, complex]

_START: Left = (0, IDENTITY)
_DONE: String = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """Operators between states: ``W[site][left state, right state]``.

    Attributes:
        edges: For each site the coefficient of each ``(left state, right state, factor)``.
        widths: Number of states at each of the ``n + 1`` bonds.
        start: At each bond the state left of which only identities stand, or None.
        done: At each bond the state right of which only identities stand, or None.
    """

    edges: tuple[Mapping[Edge, complex], ...]
    widths: tuple[int, ...]
    start: tuple[int | None, ...]
    done: tuple[int | None, ...]


def automaton(terms: Strings, qubits: int) -> Automaton:
    """Build the automaton of a sum, site by site from qubit 0."""
    rows: list[Row] = [dict(terms) or {_DONE: 0.0}]
    edges, widths = [], [1]
    start: list[int | None] = [0]
    done: list[int | None] = [None]
    for site in range(qubits):
        parts = _split(rows, site)
        keep = start[-1] == 0 and site < qubits - 1
        if keep:
            parts.setdefault(_START, {})
        lefts, rights = _cover(parts, keep_start=keep)
        edges.append(_edges(parts, lefts, rights))
        ended = set(rights)
        rows = [{v: c for v, c in parts[left].items() if v not in ended} for left in lefts]
        rows += [{right: 1.0} for right in rights]
        widths.append(len(rows))
        start.append(0 if keep else None)
        done.append(len(lefts) + rights.index(_DONE) if _DONE in ended else None)
    return Automaton(edges=tuple(edges), widths=tuple(widths), start=tuple(start), done=tuple(done))


def _split(rows: list[Row], site: int) -> dict[Left, Row]:
    """Move one site from the right parts to the left ones."""
    parts: dict[Left, Row] = defaultdict(dict)
    for number, row in enumerate(rows):
        for string, coefficient in row.items():
            if string and string[0][0] == site:
                parts[number, string[0][1]][string[1:]] = coefficient
            else:
                parts[number, IDENTITY][string] = coefficient
    return parts


def _edges(
    parts: dict[Left, Row], lefts: list[Left], rights: list[String]
) -> Mapping[Edge, complex]:
    place = {right: len(lefts) + index for index, right in enumerate(rights)}
    edges: dict[Edge, complex] = {
        (state, index, name): 1.0 for index, (state, name) in enumerate(lefts)
    }
    for (state, name), row in parts.items():
        for right, coefficient in row.items():
            if right in place:
                edges[state, place[right], name] = coefficient
    return edges


def _cover(parts: dict[Left, Row], *, keep_start: bool) -> tuple[list[Left], list[String]]:
    """Fewest left and right parts that touch every edge, those of the identities always."""
    ended = any(_DONE in row for row in parts.values())
    lefts = [left for left in parts if not (keep_start and left == _START)]
    rights = list(dict.fromkeys(right for left in lefts for right in parts[left] if right != _DONE))
    number = {right: index for index, right in enumerate(rights)}
    graph = [[number[right] for right in parts[left] if right != _DONE] for left in lefts]
    reached_lefts, reached_rights = _reached(graph, len(rights))
    chosen = [left for i, left in enumerate(lefts) if graph[i] and i not in reached_lefts]
    return (
        [_START] * keep_start + chosen,
        [right for j, right in enumerate(rights) if j in reached_rights] + [_DONE] * ended,
    )


def _reached(graph: list[list[int]], rights: int) -> tuple[set[int], set[int]]:
    """What alternating paths from unmatched left parts reach."""
    partner = _matching(graph, rights)
    owner = {right: left for left, right in enumerate(partner) if right >= 0}
    queue = [left for left, right in enumerate(partner) if right < 0]
    lefts, seen = set(queue), set[int]()
    while queue:
        for right in graph[queue.pop()]:
            if right not in seen:
                seen.add(right)
                if owner[right] not in lefts:  # every right part here is matched (Berge)
                    lefts.add(owner[right])
                    queue.append(owner[right])
    return lefts, seen


def _matching(graph: list[list[int]], rights: int) -> list[int]:
    """The right partner of each left part, -1 where it has none."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if not rights:
        return [-1] * len(graph)
    columns = [right for row in graph for right in row]
    ends = np.cumsum([0, *map(len, graph)])
    table = csr_array((np.ones(len(columns), bool), columns, ends), shape=(len(graph), rights))
    partner: list[int] = maximum_bipartite_matching(table, perm_type="column").tolist()
    return partner
