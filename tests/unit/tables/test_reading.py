"""What DATA.csv, SPEC.json, COV.csv and POINTS.csv say reaches the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from qtwin.fusion.base import Knob, Role
from qtwin.tables.data import Data, read_data
from qtwin.tables.points import read_points
from qtwin.tables.source import Cost
from qtwin.tables.spec import read_spec
from tests.docs.fences import blocks
from tests.unit.tables.files import COV, DATA, SPEC, write


def read(folder: Path, **changed: str | None) -> Data:
    paths = write(folder, **changed)
    return read_data(paths["data"], read_spec(paths["spec"]), covariances=paths["cov"])


def test_the_spec_says_roles_knobs_and_costs(tmp_path: Path) -> None:
    spec = read_spec(write(tmp_path)["spec"])
    dmrg, fci, mp2, qpu = spec.sources
    assert [source.name for source in spec.sources] == ["dmrg", "fci", "mp2", "qpu"]
    assert dmrg.star().knobs == (Knob(name="bond", limit=np.inf, order=2.0),)
    assert qpu.star().knobs == (Knob(name="step", limit=0.0),)
    assert (qpu.gain, dmrg.gain, qpu.role) == ("gain", None, Role.DEVICE)
    assert (fci.cost, mp2.cost) == (Cost(per_run=100.0, per_shot=0.0), None)
    assert qpu.cost == Cost(per_run=2.0, per_shot=0.001)
    assert spec.observable.variational
    assert spec.controls[0].unit == "angstrom"


def test_rows_become_observations(tmp_path: Path) -> None:
    data = read(tmp_path)
    seen, nan = data.observations, np.nan
    assert_array_equal(seen.source, [1, 1, 2, 2, 0, 0, 3, 3, 3])
    assert_array_equal(seen.x[:, 0], [0.8, 2.0, 0.8, 1.5, 1.0, 1.0, 1.0, 1.2, 1.0])
    assert_array_equal(seen.gain, [nan] * 6 + [1.0, 1.0, 2.0])
    assert_array_equal(seen.knobs["bond"], [nan] * 4 + [8.0, np.inf] + [nan] * 3)
    assert_array_equal(seen.knobs["step"], [nan] * 6 + [0.1, 0.1, 0.2])
    assert set(seen.knobs) == {"bond", "step"}
    assert np.isnan(seen.mixed_value).all()
    assert data.lines == tuple(range(2, 11))
    assert data.warnings == ()


def test_covariances_link_the_rows_of_a_group(tmp_path: Path) -> None:
    (group,) = read(tmp_path).observations.groups
    assert_array_equal(group.rows, [6, 7])
    assert_array_equal(group.covariance, [[1e-4, 5e-5], [5e-5, 1e-4]])


def test_the_covariances_of_the_docs_are_read(tmp_path: Path) -> None:
    _, example = blocks("fuse.md", "csv")
    (group,) = read(tmp_path, cov=example).observations.groups
    assert_array_equal(group.covariance, [[1e-4, 5e-5], [5e-5, 1e-4]])


def test_covariances_follow_rows_that_have_names(tmp_path: Path) -> None:
    head, *lines = DATA.splitlines()
    named = [f"{head},row", *(f"{line},m{i}" for i, line in enumerate(lines, start=1))]
    named[1:] = named[:0:-1]
    data = read(tmp_path, data="\n".join(named), cov=COV.replace("7", "m7").replace("8", "m8"))
    (group,) = data.observations.groups
    assert_array_equal(group.rows, [1, 2])
    assert_array_equal(data.observations.y[group.rows], [-0.68, -0.7])
    assert_array_equal(group.covariance, [[1e-4, 5e-5], [5e-5, 1e-4]])


def test_groups_without_covariances_are_told(tmp_path: Path) -> None:
    paths = write(tmp_path)
    data = read_data(paths["data"], read_spec(paths["spec"]))
    assert data.observations.groups == ()
    assert "group 'a'; its rows count as independent" in data.warnings[0]


@pytest.mark.parametrize(
    "same",
    [
        "\ufeff" + DATA,
        DATA.replace("\n", "\r\n"),
        DATA.replace("\n", "\r"),
        DATA.replace("\n", "\n\n,,,,,,,\n"),
        DATA.replace("fci", '"fci"').replace(",", " , ").replace('"fci" ', '"fci"'),
        DATA.rstrip("\n"),
    ],
    ids=["bom", "crlf", "cr", "blank lines", "quotes and blanks", "no last newline"],
)
def test_the_same_table_is_read_however_it_is_written(tmp_path: Path, same: str) -> None:
    plain = read(tmp_path).observations
    again = read(tmp_path, data=same).observations
    assert_array_equal(again.y, plain.y)
    assert_array_equal(again.gain, plain.gain)
    assert_array_equal(again.source, plain.source)


def test_lines_are_counted_through_quoted_breaks_and_blanks(tmp_path: Path) -> None:
    text = 'source,r,bond,gain,step,value,std,note\nfci,1,,,,0,0,"a\nb"\n\nfci,2,,,,1,0,\n'
    paths = write(tmp_path, data=text)
    data = read_data(paths["data"], read_spec(paths["spec"]))
    assert data.lines == (2, 5)
    assert data.refusal("no", [1]).field.endswith("data.csv, line 5")


def test_a_cell_goes_before_the_mixed_value_of_the_spec(tmp_path: Path) -> None:
    spec: dict[str, Any] = json.loads(json.dumps(SPEC))
    spec["sources"]["qpu"]["mixed_value"] = 0.25
    lines = DATA.splitlines()
    lines = [line + ("," if i else ",mixed_value") for i, line in enumerate(lines)]
    lines[8] += "0.5"
    data = read(tmp_path, spec=json.dumps(spec), data="\n".join(lines))
    assert_array_equal(data.observations.mixed_value, [np.nan] * 6 + [0.25, 0.5, 0.25])


def test_columns_and_cells_without_use_are_told(tmp_path: Path) -> None:
    lines = DATA.splitlines()
    lines = [line + (",x,b" if i else ",epoch,branhc") for i, line in enumerate(lines)]
    said = read(tmp_path, data="\n".join(lines)).warnings
    assert "column 'branhc' is not used (did you mean 'branch'?)" in said[0]
    assert "epoch is used for a device only; 6 other rows" in said[1]


def test_points_may_lie_outside_the_bounds(tmp_path: Path) -> None:
    paths = write(tmp_path, points="label,r\na,0.1\nb,9\n")
    points = read_points(paths["points"], read_spec(paths["spec"]))
    assert_array_equal(points.x, [[0.1], [9.0]])
    assert "column 'label' is not used" in points.warnings[0]
