"""A model of how one paid run is submitted, explored in every order of events.

Two workers, one job, and a vendor. Anything may happen between two steps of a worker: it is
killed, its lease runs out while it sleeps (for as long as it likes), the request or the answer is
lost, the vendor's list lags. Each step of a worker is one line of `workers.submit` and
`workers.collect`, with the guard of its UPDATE. `Rules` switches the guards off, one at a time.
"""

from __future__ import annotations

from collections import deque

from tests.unit.jobs.remote.protocol.events import moves
from tests.unit.jobs.remote.protocol.world import Rules, World, live, violations


def explore(rules: Rules, *, until: str = "") -> tuple[int, dict[str, list[World]]]:
    """Visit every world that can be reached.

    Args:
        until: Stop when this invariant is broken.

    Returns:
        How many there are, and for each broken invariant the shortest way to break it.
    """
    start = World(
        crashes=rules.crashes,
        naps=rules.naps,
        losses=rules.losses,
        releases=rules.releases,
        switches=rules.switches,
    )
    before: dict[World, World | None] = {start: None}
    leads_to: dict[World, list[World]] = {}
    broken: dict[str, World] = {}
    todo = deque([start])
    while todo:
        world = todo.popleft()
        for name in violations(world):
            broken.setdefault(name, world)
        if until in broken:
            break
        if len(live(world)) > 1:
            continue  # broken already; what follows does not matter
        for after in moves(world, rules):
            leads_to.setdefault(after, []).append(world)
            if after not in before:
                before[after] = world
                todo.append(after)
    good = _can_end(before, leads_to) if until not in broken else set(before)
    stuck = next((world for world in before if world not in good), None)
    if stuck is not None:
        broken["lost"] = stuck
    return len(before), {name: _trace(world, before) for name, world in broken.items()}


def _can_end(worlds: dict[World, World | None], leads_to: dict[World, list[World]]) -> set[World]:
    """Worlds from which the job can still end or come to a person."""
    good = {w for w in worlds if w.state in {"DONE", "CANCELLED", "HOLD"} or len(live(w)) > 1}
    todo = list(good)
    while todo:
        for world in leads_to.get(todo.pop(), ()):
            if world not in good:
                good.add(world)
                todo.append(world)
    return good


def _trace(world: World | None, before: dict[World, World | None]) -> list[World]:
    trace = []
    while world is not None:
        trace.append(world)
        world = before[world]
    return trace[::-1]
