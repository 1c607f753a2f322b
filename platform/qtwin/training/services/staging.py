"""The stages of a transfer report as rungs of a ladder, and the baselines that climb it too.

Workers only: what is imported here is heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.projects.services import artifact_read
from qtwin.training.models import Policy as PolicyOfWorld
from qtwin.training.models import TransferReport
from qtwin.training.services.loading import played, world_load

if TYPE_CHECKING:
    from qtwin.worlds.base import World as Played
    from qtwin.worlds.control.world import ControlWorld
    from qtwin.worlds.policies import Policy
    from qtwin.worlds.transfer.stage import Rung

SWEEP = "linear sweep"


def rung_of(report: TransferReport, name: str) -> Rung:
    """Where a stage is played; not that on a device.

    Raises:
        ProgramRejected: The stage needs what the world does not have.
    """
    from qtwin.worlds.transfer import played as played_in

    how: dict[str, Any] = {"episodes": report.asked["episodes"], "seed": report.asked["seed"]}
    if name == "noisy":
        return _noisy(report, **how)
    if name == "held_out":
        version = report.world.held_out_version
        if version is None:
            raise ProgramRejected(
                "the world has no held-out version; allowed: stages without held_out",
                field="/stages",
            )
        found = world_load(report.world, held_out=True)
        return played_in.held_out(found, version=str(version.number), **how)
    stages = {"nominal": played_in.nominal, "randomised": played_in.randomised}
    return stages[name](world_load(report.world), **how)


def _noisy(report: TransferReport, *, episodes: int, seed: int) -> Rung:
    """The world whose only truth is the device that the request describes."""
    from qtwin.worlds.policies.rollout import rollout
    from qtwin.worlds.posterior import Posterior
    from qtwin.worlds.transfer.stage import Rung, Sample

    loaded: Any = world_load(report.world)
    units = _units(loaded) if loaded.kind == "control" else {}
    names = tuple(units)
    asked = Document(report.asked["noise"], "/noise")
    asked.only(*names)
    if not report.asked["noise"]:
        raise ProgramRejected(
            f"needed: one or more of {', '.join(names) or 'none, in this world'}", field="/noise"
        )
    given = tuple(report.asked["noise"])
    values = np.array([asked.number(name) for name in given])
    only = Posterior(
        names=given,
        units=tuple(units[name] for name in given),
        draws=values[None],
        nominal=values,
    )
    world = played(report.world, only, report.world.twin_version)

    def play(policy: Policy) -> Sample:
        return Sample(values=rollout(world, policy, episodes, seed=seed).values[0], paired=True)

    told = ", ".join(f"{name} {value:g}" for name, value in zip(given, values, strict=True))
    return Rung(name="noisy", title=f"Noisy device model: {told}", play=play)


def _units(world: ControlWorld) -> dict[str, str]:
    """Of the world's parameters, by name."""
    quantities = world.driven.dynamics(resolved=False).parameters
    return {quantity.name: quantity.unit for quantity in quantities}


def baselines_of(world: Played) -> dict[str, Policy]:
    """What is tried beside the policy, by title.

    Of control worlds the linear sweep, of search worlds a grid of each source.
    """
    from qtwin.worlds.policies import OpenLoop, Policy

    found: Any = world
    tables: dict[str, Any] = {}
    if found.kind == "control":
        schedules = found.schedules
        tables[SWEEP] = np.tile(schedules.actions(schedules.sweep()), (found.rounds, 1))
    if found.kind == "search":
        from qtwin.worlds.search.advice import grid_tables

        tables = grid_tables(found)
    return {
        title: Policy(
            architecture=OpenLoop(steps=table.shape[0], actions=table.shape[1]),
            parameters=table.ravel(),
        )
        for title, table in tables.items()
    }


def earlier_of(report: TransferReport) -> dict[str, Policy]:
    """Policies without what was changed since, by what that was.

    Raises:
        ProgramRejected: One of them was hidden meanwhile.
    """
    from qtwin.worlds.policies import read_policy

    found = {}
    for title, policy_id in report.asked.get("earlier", {}).items():
        rows = PolicyOfWorld.objects.filter(pk=policy_id, deleted_at=None)
        row = rows.select_related("artifact").first()
        if row is None:
            raise ProgramRejected("it is gone", field=f"/earlier/{title}")
        found[title] = read_policy(artifact_read(row.artifact))
    return found
