"""What an experiment on IBM's computers may cost is bounded before it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.qpu import ibm_bound
from backends.qpu.ibm_share import shares
from backends.schema import Experiment, RunOptions
from tests.contract import cases

OPTIONS = RunOptions(shots=1000, seed=1)
IBM = registry.get("ibm")


def experiment_of(method: str, **settings: Any) -> Experiment:
    return cases.experiment_of(method, settings={**cases.settings_of("ibm"), **settings})


def needed(experiment: Experiment) -> int:
    """Shots of the circuits that would be sent."""
    program = programs.prepare(experiment, OPTIONS)
    cut = shares(program, experiment)
    return sum(len(one.rows) * len(one.bases) for one in cut) * (OPTIONS.shots or 0)


@pytest.mark.parametrize("method", ["vqe", "trotter", "kicked", "circuit", "adiabatic", "sqd"])
def test_no_more_shots_are_sent_than_are_reserved(method: str) -> None:
    experiment = experiment_of(method)
    cost = IBM.estimate(experiment, OPTIONS)
    assert 0 < needed(experiment) <= cost.shots
    assert cost.money_micro_usd == 1_600_000 * cost.qpu_seconds > 0
    assert cost.prices == "ibm 2026-05-25"


@pytest.mark.parametrize("method", ["trotter", "kicked", "circuit"])
def test_groups_of_spins_and_circuits_are_counted(method: str) -> None:
    experiment = experiment_of(method)
    assert IBM.estimate(experiment, OPTIONS).shots == needed(experiment)


def test_a_job_of_many_points_is_bounded_job_by_job() -> None:
    plain = experiment_of("trotter")
    points = np.tile(plain.points, (200, 1))
    many = replace(plain, points=points, knob_values=np.empty((len(points), 0)))
    parts = [
        ibm_bound.bound(many.rows(first, first + 300), OPTIONS) for first in range(0, 800, 300)
    ]
    cost = IBM.estimate(many, OPTIONS)
    assert cost.qpu_seconds == sum(part.qpu_s for part in parts)
    assert cost.shots == sum(part.shots for part in parts)


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        ({"most_qpu_seconds": 7}, 7),
        ({"mode": "session", "session_seconds": 600, "most_qpu_seconds": 7}, 600),
        ({"circuits": 50}, 10 + 0.0006 * 50 * 4 * 1000),
    ],
)
def test_what_a_person_sets_is_what_is_reserved(settings: dict[str, Any], seconds: float) -> None:
    experiment = experiment_of("trotter", **settings)
    assert IBM.estimate(experiment, OPTIONS).qpu_seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"device": "../x"}, "/settings/device"),
        ({"device": 3}, "/settings/device"),
        ({"device": ""}, "/settings/device"),
        ({"session_seconds": 1.5}, "/settings/session_seconds"),
        ({"most_qpu_seconds": 0}, "/settings/most_qpu_seconds"),
        ({"resilience_level": 1}, "/settings/resilience_level"),
        ({"mode": "dedicated"}, "/settings/mode"),
        ({"decoupling": "XYXY"}, "/settings/decoupling"),
    ],
)
def test_a_bad_setting_is_named(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as rejected:
        IBM.check(experiment_of("trotter", **settings), OPTIONS)
    assert rejected.value.field == field


def test_there_is_no_device_by_default() -> None:
    with pytest.raises(ProgramRejected, match="none by default") as rejected:
        IBM.check(cases.experiment_of("trotter"), OPTIONS)
    assert rejected.value.field == "/settings/device"


def test_an_estimator_refuses_what_only_counts_tell() -> None:
    for method in ("sqd", "vqe"):
        asked = experiment_of(method, primitive="estimator")
        if method == "sqd":
            with pytest.raises(ProgramRejected, match="sampler"):
                IBM.check(asked, OPTIONS)
        else:
            IBM.check(asked, OPTIONS)
