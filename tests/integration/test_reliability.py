"""What a twin says of its own intervals, and of measurements that disagree; counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient
from scipy.stats import binomtest, t

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from qtwin.twins.reliability import LEVELS, coverage
from tests.morse import truth

Measure = Callable[..., Measurement]
XS = (0.35, 0.6, 0.9, 1.3, 1.8, 2.4)


def get(api: APIClient, project: Project, what: str) -> Any:
    response = api.get(f"/api/v1/projects/{project.pk}/twin/{what}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_each_reference_is_counted_in_the_intervals_that_held_it(
    api: APIClient, project: Project, measure: Measure, assimilated: Callable[[], TwinFit]
) -> None:
    for x in XS:
        measure("fci", x, truth(x))
    for x in np.linspace(0.3, 2.5, 12):
        measure("hf", float(x), truth(float(x)) + 0.05 * float(x))
    fit = assimilated()
    assert fit.nu is not None
    (told,) = get(api, project, "calibration")
    assert [row["x"] for row in told["held_out"]] == [[pytest.approx(x)] for x in XS]
    by_hand = []
    for row, x in zip(told["held_out"], XS, strict=True):
        assert row["value"] == pytest.approx(truth(x))
        assert row["z"] == pytest.approx((row["value"] - row["mean"]) / row["std"])
        by_hand.append(abs(row["z"]))
    for row in told["coverage"]:
        reach = t(fit.nu).ppf(0.5 + row["nominal"] / 2)
        held = sum(z <= reach for z in by_hand)
        assert (row["held"], row["of"]) == (held, len(XS))
        theirs = binomtest(held, len(XS)).proportion_ci(method="wilson")
        assert (row["lower"], row["upper"]) == pytest.approx((theirs.low, theirs.high))
    assert told["coverage"][-1]["held"] / len(XS) == pytest.approx(fit.scores["coverage_95"])
    assert get(api, project, "calibration?observable=energy&version=1") == [told]
    assert get(api, project, "calibration?observable=dipole_moment") == []
    assert [row["nominal"] for row in coverage([0.5])] == list(LEVELS)


def test_without_references_nothing_is_counted(
    api: APIClient, project: Project, measure: Measure, assimilated: Callable[[], TwinFit]
) -> None:
    measure("hf", 0.7, -1.1)
    assimilated()
    (told,) = get(api, project, "calibration")
    assert (told["held_out"], told["coverage"], told["claim"]) == ([], [], "unanchored")


@pytest.mark.usefixtures("whole_fits")
def test_a_measurement_that_all_others_contradict_is_named_with_where_it_is(
    api: APIClient, project: Project, measure: Measure, assimilated: Callable[[], TwinFit]
) -> None:
    for x in np.linspace(0.4, 2.4, 9):
        measure("fci", float(x), truth(float(x)))
    for x in np.linspace(0.4, 2.4, 17):
        measure("vqe-ideal", float(x), truth(float(x)), 0.002, mixed_value=-0.5)
    measure("vqe-ideal", 1.33, truth(1.33) + 0.03, 0.002, mixed_value=-0.5)
    assimilated()
    worst, *rest = get(api, project, "conflicts?observable=energy")
    assert (worst["kind"], worst["source"], worst["left_out"]) == (
        "measurement",
        "vqe-ideal",
        False,
    )
    assert (worst["points"], worst["measurements"]) == ([[1.33]], 1)
    assert worst["label"] == "VQE, ideal simulator"
    assert worst["z"] == pytest.approx((worst["value"] - worst["mean"]) / worst["std"])
    assert 3.0 < worst["z"] < 30.0
    assert all(abs(row["z"]) < worst["z"] for row in rest)


def test_an_epoch_that_was_left_out_names_its_measurements(
    api: APIClient, project: Project, measure: Measure, assimilated: Callable[[], TwinFit]
) -> None:
    for x in (0.4, 0.8, 1.2, 1.6, 2.0, 2.4):
        measure("fci", x, truth(x))
    for epoch, shift in (("mon", 0.0), ("tue", 0.0), ("wed", 0.4)):
        for x in (0.5, 0.9, 1.3, 1.8):
            value = 0.9 * truth(x) - 0.1 + shift
            measure("vqe-noisy", x, value, 0.004, epoch=epoch, mixed_value=-1.0)
    assimilated()
    first = get(api, project, "conflicts")[0]
    assert (first["kind"], first["epoch"], first["left_out"]) == ("epoch", "wed", True)
    assert (first["measurements"], first["facts"]["rows"]) == (4, 4)
    assert first["points"] == [[0.5], [0.9], [1.3], [1.8]]
    assert abs(first["z"]) > 4
