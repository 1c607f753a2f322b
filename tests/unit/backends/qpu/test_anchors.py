"""Anchors take no more than their share of a job, and are paid for within its estimate."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.qpu import anchors, ibm_anchors, ibm_bound
from backends.qpu.braket_entries import entries, size
from backends.qpu.ibm_settings import IbmSettings
from backends.qpu.ibm_share import shares
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from tests.contract import cases

OPTIONS = RunOptions(shots=1000, seed=1)


def asked(backend: str, points: int, **settings: Any) -> Experiment:
    plain = cases.experiment_of(
        "trotter", settings={**cases.settings_of(backend), **settings}, observables=("energy",)
    )
    rows = np.linspace(0.4, 2.4, points)[:, None]
    return replace(plain, points=rows, knob_values=np.empty((points, 0)))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 1 / 3, 0.5])
def test_their_share_is_never_exceeded_and_used_up(share: float) -> None:
    for points in range(1, 60):
        count = anchors.number(asked("ibm", points, anchors=share))
        assert count <= share * (points + count) + 1e-9
        assert count + 1 > share * (points + count + 1) - 1e-9


def test_a_tenth_unless_a_source_says_otherwise() -> None:
    assert [anchors.number(asked("ibm", points)) for points in (8, 9, 18, 300)] == [0, 1, 2, 33]
    assert anchors.number(asked("ibm", 300, anchors=0)) == 0


@pytest.mark.parametrize("backend", ["ibm", "braket"])
@pytest.mark.parametrize("value", [-0.1, 0.6, "much", True])
def test_a_share_beyond_a_half_is_refused(backend: str, value: Any) -> None:
    with pytest.raises(ProgramRejected) as rejected:
        registry.get(backend).check(asked(backend, 4, anchors=value), OPTIONS)
    assert rejected.value.field == "/settings/anchors"


@pytest.mark.parametrize("backend", ["ibm", "braket"])
def test_an_estimate_holds_them(backend: str) -> None:
    """With a share of a fifth, twelve points have three anchors: a quarter of their shots."""
    port = registry.get(backend)
    with_them = port.estimate(asked(backend, 12, anchors=0.2), OPTIONS)
    without = port.estimate(asked(backend, 12, anchors=0), OPTIONS)
    assert with_them.shots == 15 * without.shots / 12
    assert with_them.money_micro_usd > without.money_micro_usd


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_as_many_as_are_paid_for_are_sent(share: float) -> None:
    experiment = asked("ibm", 12, anchors=share)
    program = programs.prepare(experiment, OPTIONS)
    paid = ibm_bound.bound(experiment, OPTIONS).circuits
    sent = ibm_anchors.riding(program, experiment, paid=paid)
    assert sent.anchors is not None
    assert len(sent.anchors.rows) == anchors.number(experiment)
    needed = ibm_anchors.configurations((*shares(program, experiment), *sent.cut))
    assert needed == paid


def test_points_come_first_where_less_is_paid_for() -> None:
    experiment = asked("ibm", 12, anchors=0.5)
    program = programs.prepare(experiment, OPTIONS)
    needed = ibm_anchors.configurations(tuple(shares(program, experiment)))
    assert ibm_anchors.riding(program, experiment, paid=needed).anchors is None


def test_points_and_anchors_of_a_task_fit_into_a_program_set() -> None:
    port = registry.get("braket")
    for share in (0.0, 0.1, 0.3, 0.5):
        experiment = asked("braket", 100, anchors=share)
        most = port.most_points(experiment, OPTIONS)
        assert most is not None
        part = experiment.rows(0, most)
        program = programs.prepare(part, OPTIONS)
        made = anchors.anchors(program, part, 100)
        assert (made is not None) == (share > 0)
        assert size(entries(program, made.program if made else None)) <= 100


def test_amplified_noise_is_not_theirs() -> None:
    plain = asked("ibm", 12)
    gains = np.tile([[1.0], [3.0]], (6, 1))
    experiment = replace(plain, knobs=("noise_gain",), knob_values=gains)
    program = programs.prepare(experiment, OPTIONS)
    made = anchors.anchors(program, experiment, 9)
    assert made is not None
    assert made.experiment.knob_values.tolist() == [[1.0]]


def test_an_estimator_that_extrapolates_is_judged_by_its_anchors() -> None:
    """Raw values are those at noise factor 1; these were nearer than the extrapolated ones."""
    experiment = asked("ibm", 2, anchors=0.5, primitive="estimator", resilience_level=2)
    program = programs.prepare(experiment, OPTIONS)
    own = IbmSettings.of(experiment.settings)
    paid = ibm_bound.bound(experiment, OPTIONS).circuits
    sent = ibm_anchors.riding(program, experiment, paid=paid)
    assert sent.anchors is not None
    known = sent.anchors.exact

    def result(values: FloatArray) -> Any:
        shape = (*values.shape, 3)
        return SimpleNamespace(
            data=SimpleNamespace(
                evs=0.3 * values,
                stds=np.full(values.shape, 0.02),
                evs_noise_factors=values[..., None] * np.array([0.9, 0.7, 0.5]),
                stds_noise_factors=np.full(shape, 0.02),
            )
        )

    results = [result(known[share.rows]) for share in sent.cut]
    cut = tuple(shares(program, experiment))
    details = ibm_anchors.details(results, sent, cut, OPTIONS, own)
    assert details["verdicts"] == {"energy": "worse"}
    assert details["damping"]["energy"]["value"] == pytest.approx(0.3)
    assert details["anchors"][0]["raw"]["values"] == pytest.approx(0.9 * known[0])
