"""The references alone: other sources, and references off their limit, make no difference."""

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import Knob, ShotGroup
from qtwin.fusion.star.reference import fit_reference
from tests.unit.fusion.synthetic import NAN, REFERENCE, observations, star, truth

GRID = np.linspace(-1.0, 3.0, 9)[:, None]


def test_it_is_the_star_of_the_references() -> None:
    alone = [(x, float(truth(x)), 0.0, 0, NAN, NAN) for x in np.linspace(-1, 3, 5)]
    expected = fit_star(observations(alone, (REFERENCE,)), steps=60)
    assert fit_reference(star(references=5), steps=60).to_bytes() == expected.to_bytes()


def test_only_rows_at_the_limit_of_a_knob_count_and_their_shared_shots_stay() -> None:
    knobbed = replace(REFERENCE, knobs=(Knob(name="dt", limit=0.0),))
    rows = [(x, float(truth(x)), 0.1, 0, NAN, NAN) for x in np.array([2.0, -1.0, 0.0, 1.0])]
    covariance = np.diag([0.01, 0.01, 0.01]) + 0.004 * (1 - np.eye(3))
    data = replace(
        observations(rows, (knobbed,)),
        knobs={"dt": np.array([0.1, 0.0, 0.0, 0.0])},
        epoch=("a", "b", "c", "d"),
        groups=(ShotGroup(rows=np.array([3, 0, 1]), covariance=covariance),),
    )
    fit = fit_reference(data, steps=60)
    assert fit.sites.x[:, 0] == pytest.approx([0.0, 0.25, 0.5])
    assert fit.sites.shared is not None
    assert list(fit.sites.shared[0]) == [0, 2]
    assert fit.sites.shared[1][0, 1] * fit.scale.factor**2 == pytest.approx(0.004)
    assert fit.predict(GRID).references == 3


def test_shots_that_other_sources_share_make_no_difference() -> None:
    data = star(references=5)
    device = np.flatnonzero(data.source == 3)
    covariance = 0.02**2 * (0.6 * np.eye(2) + 0.4)
    shared = replace(data, groups=(ShotGroup(rows=device[:2], covariance=covariance),))
    assert fit_reference(shared, steps=60).to_bytes() == fit_reference(data, steps=60).to_bytes()
