"""Observations travel to the predictor process whole."""

from dataclasses import fields, replace

import numpy as np
import pytest

from qtwin.fusion.base import Knob, Observations, ShotGroup
from qtwin.twins.predictor.document import document, read_document
from tests.unit.fusion.synthetic import BIASED, REFERENCE, SCALED, star


def _rich() -> Observations:
    data = star()
    knobbed = replace(BIASED, knobs=(Knob(name="bond_dimension", limit=np.inf, order=2.0),))
    n = len(data.y)
    covariance = np.array([[1e-4, 5e-5], [5e-5, 1e-4]])
    return replace(
        data,
        sources=(REFERENCE, knobbed, SCALED, data.sources[3]),
        knobs={"bond_dimension": np.where(data.source == 1, 16.0, np.nan)},
        epoch=("monday",) * n,
        branch=("",) * n,
        groups=(ShotGroup(rows=np.array([3, 4]), covariance=covariance),),
    )


def test_observations_survive_the_way_there() -> None:
    data = _rich()
    back, seed = read_document(document(data, 7))
    assert seed == 7
    for field in fields(Observations):
        before, after = getattr(data, field.name), getattr(back, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after)
        elif field.name == "knobs":
            np.testing.assert_array_equal(before["bond_dimension"], after["bond_dimension"])
        elif field.name == "groups":
            np.testing.assert_array_equal(before[0].rows, after[0].rows)
            np.testing.assert_array_equal(before[0].covariance, after[0].covariance)
        else:
            assert before == after, field.name
    assert back.sources[1].knobs[0].distance(np.array([2.0])) == pytest.approx([0.25])
