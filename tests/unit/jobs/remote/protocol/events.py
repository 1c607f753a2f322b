"""Everything that may happen next: to a worker, or without one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.jobs.remote.protocol.actor import Actor
from tests.unit.jobs.remote.protocol.steps import FIRST, STEPS
from tests.unit.jobs.remote.protocol.world import IDLE, Rules, World, with_worker


def moves(world: World, rules: Rules) -> Iterator[World]:
    """Every world that one event leads to."""
    yield from _fate(world)
    for me in range(2):
        pc, fenced, token, run = world.workers[me]
        if pc == "idle":
            if rules.resume or world.state != "SUBMITTING":
                yield from _claim(world, me)
            continue
        if world.crashes:
            yield with_worker(world, me, IDLE)._replace(crashes=world.crashes - 1)
        step = STEPS[pc]
        yield from step(Actor(world, rules, me, fenced, token, run))


def _fate(world: World) -> Iterator[World]:
    """What happens without a worker."""
    yield from _person(world)
    if world.holder >= 0:
        if world.workers[world.holder][0] == "idle":  # dead: its lease runs out
            yield world._replace(holder=-1)
        elif world.naps:
            yield world._replace(holder=-1, naps=world.naps - 1)
    if world.listed < len(world.runs):
        yield world._replace(listed=world.listed + 1)


def _person(world: World) -> Iterator[World]:
    """What people do."""
    if not world.cancel and world.state in {"QUEUED", "SUBMITTING", "SUBMITTED", "HOLD"}:
        yield world._replace(cancel=True)
    if world.state == "HOLD" and not world.release and world.releases:
        yield world._replace(release=True, releases=world.releases - 1)
    if world.off:
        yield world._replace(off=False)
    elif world.switches:
        yield world._replace(off=True, switches=world.switches - 1)


def _claim(world: World, me: int) -> Iterator[World]:
    wanted = world.state != "HOLD" or world.release or world.cancel
    if world.holder < 0 and world.state in FIRST and wanted:
        pc, _, token, run = world.workers[1 - me]
        stale = with_worker(world, 1 - me, (pc, False, token, run))
        yield with_worker(stale, me, (FIRST[world.state], True, "", 0))._replace(holder=me)
