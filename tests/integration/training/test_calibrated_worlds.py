"""From shots of a small array to a world of what they say of its Hamiltonian, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from qtwin.training.models import World
from qtwin.training.services.loading import world_load
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.posterior import read_posterior
from tests.integration.worlds import work as make_worlds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SHOTS, POINTS = 500, [-15.0, -5.0, 5.0, 15.0, 25.0, 40.0]
ARRAY: dict[str, Any] = {
    "kind": "rydberg_array", "schema_version": 1, "geometry": "chain", "atoms": 3, "spacing": 6.1,
}  # fmt: skip
SYSTEM: dict[str, Any] = {
    **ARRAY,
    "rabi": {"times": [0, 0.1, 0.5, 0.6], "values": [0, 12, 12, 0]},
    "detuning": {"times": [0, 0.1, 0.5, 0.6], "values": [-15, -15, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [{"name": "final", "unit": "rad/us", "lower": -20.0, "upper": 60.0}],
}
MISREAD = {"false_excited": 0.03, "false_ground": 0.12}
TRUTH = {"rabi_scale": 1.0, "detuning_offset": 0.0, **MISREAD}
"""The backend evolves the document as it is, and misreads."""
PRIORS: dict[str, Any] = {
    "rabi_scale": {"kind": "normal", "mean": 1.05, "std": 0.05},
    "detuning_offset": {"kind": "normal", "mean": 1.0, "std": 1.0},
    "false_excited": {"kind": "uniform", "lower": 0.0, "upper": 0.2},
    "false_ground": {"kind": "uniform", "lower": 0.0, "upper": 0.3},
}
"""All of them away from the truth by about their width."""
STDS = {"rabi_scale": 0.05, "detuning_offset": 1.0, "false_excited": 0.058, "false_ground": 0.087}
DOCUMENT: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": ARRAY,
    "schedule": {
        "duration": 0.6,
        "segments": 3,
        "controls": {
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -30, "upper": 50},
        },
    },
    "goal": {"measure": "z2_probability"},
    "shots": 50,
}


def test_a_world_draws_from_what_the_shots_of_ordinary_jobs_say_of_the_hamiltonian(
    api: APIClient,
    team: Team,
    fitted: Callable[[Project], None],
    post: Callable[..., dict[str, Any]],
    get: Callable[[str], dict[str, Any]],
) -> None:
    place = post("projects", {"name": "Chain", "system": SYSTEM}, 201)["id"]
    settings = {"readout_error": list(MISREAD.values())}
    device = {"name": "array", "role": "device", "backend": "braket-ahs", "method": "ahs"}
    exact = {"name": "exact", "role": "reference", "backend": "exact", "method": "evolution"}
    post(f"projects/{place}/sources", {**device, "settings": settings}, 201)
    post(f"projects/{place}/sources", exact, 201)
    asked = {"observables": ["staggered_density"], "points": POINTS}
    measuring = {"source": "array", "shots": SHOTS, "seed": 5}
    bodies = ({**asked, **measuring}, {**asked, "source": "exact"})
    jobs = [post(f"projects/{place}/jobs", body) for body in bodies]
    fitted(Project.objects.get(pk=place))
    assert [get(f"jobs/{job['id']}")["state"] for job in jobs] == ["succeeded"] * 2
    calibration = {"priors": PRIORS, "seed": 3, "effort": "quick"}
    wanted = {"name": "learned", "document": DOCUMENT, "calibration": calibration}
    made = post(f"projects/{place}/worlds", wanted)
    make_worlds()
    found = get(f"worlds/{made['id']}")
    assert found["state"] == "done", found["reason"]
    assert found["twin_version"] == 1

    learned = {row["name"]: row for row in found["facts"]["parameters"]}
    assert set(learned) == set(TRUTH)
    for name, truth in TRUTH.items():
        row = learned[name]
        assert abs(row["mean"] - truth) < 3 * row["std"], row
        assert row["std"] < STDS[name] / 3, row
    evidence = found["facts"]["posterior"]["evidence"]
    assert (evidence["shots"], evidence["settings"]) == (SHOTS * len(POINTS), len(POINTS))
    assert list(evidence["left_out"].values()) == [len(POINTS)]  # of the exact source

    row = World.objects.get(pk=made["id"])
    assert row.posterior is not None
    draws = read_posterior(artifact_read(row.posterior))
    world = world_load(row)
    assert isinstance(world, ControlWorld)
    batch = world.vector(40)
    _, facts = batch.reset(seed=1)
    columns = [world.parameters.index(name) for name in draws.names]
    met = {tuple(one) for one in facts["truth"][:, columns].tolist()}
    assert met <= {tuple(one) for one in draws.draws.tolist()}
    assert len(met) > 20
    for action in world.schedules.actions(world.schedules.sweep()):
        *_, facts = batch.step(np.tile(action, (40, 1)))
    assert np.ptp(facts["value"]) > 1e-3
