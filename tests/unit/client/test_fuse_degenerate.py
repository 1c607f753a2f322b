"""Degenerate data through ``qtwin fuse``: a sound answer, or a refusal that says why."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from qtwin.client.main import main
from tests.unit.client.fusing import SMALL, column, fused, small

pytestmark = pytest.mark.usefixtures("whole_fits")


def test_one_reference_predicts_itself_and_widens_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = fused(small(tmp_path, ["exact,0.3,2,0"]), capsys)
    assert document["claim"] == "nominal"
    assert column(document, "mean")[1] == pytest.approx(2.0, abs=1e-3)
    std = column(document, "std")
    assert np.all(std[[0, 2]] > 10 * std[1])
    assert column(document, "hi95")[2] > 3.0  # not a narrow band far from the only point


def test_duplicates_are_merged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["exact,0,1,0", "exact,0.5,2,0", "exact,1,1.5,0"]
    once = fused(small(tmp_path, [*rows, "cheap,0.3,2.1,0.1"]), capsys)
    twice = fused(small(tmp_path, [*rows, *rows, *["cheap,0.3,2.1,0.2"] * 4]), capsys)
    assert (once["rows"], twice["rows"], twice["distinct"]) == (4, 10, 4)
    assert_allclose(column(twice, "mean"), column(once, "mean"), rtol=1e-8)
    assert_allclose(column(twice, "std"), column(once, "std"), rtol=1e-6)


@pytest.mark.parametrize("other", ["exact,0.5,3,0", "dense,0.5,3,0"])
def test_exact_values_that_differ_are_refused_with_their_lines(
    tmp_path: Path, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = SMALL | {"sources": SMALL["sources"] | {"dense": {"role": "reference"}}}
    paths = small(tmp_path, ["exact,0.5,2,0", "exact,0,1,0", other], spec)
    assert main(["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"]]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"qtwin: {paths['data']}, line 2: conflict: ")
    assert said.endswith("(lines 2, 4)\n")


def test_an_epoch_that_contradicts_the_rest_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    rows = [f"exact,{x},{x},0," for x in points]
    for epoch, sign in (("mon", 0.8), ("tue", 0.8), ("wed", -3.0)):
        rows += [f"qpu,{x},{sign * x + 0.001 * (x > 0.5)},0.01,{epoch}" for x in points[1:5]]
    paths = small(tmp_path, rows)
    data = Path(paths["data"])
    data.write_text(data.read_text().replace("std\n", "std,epoch\n", 1))
    assert main(["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"]]) == 0
    said = capsys.readouterr().out
    assert "conflicts:\n  - epoch 'wed' of source 'qpu' is " in said
    assert "left out with its 4 measurements" in said


def test_a_constant_is_predicted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{name},{x},7,0" for name in ("exact", "cheap") for x in (0, 0.25, 0.5, 1)]
    document = fused(small(tmp_path, rows), capsys)
    assert "all values are equal to 7.0" in document["warnings"]
    assert_allclose(column(document, "mean"), 7.0, atol=0.5)
    assert np.all(column(document, "std") > 0.0)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_the_unit_of_the_values_does_not_matter(
    tmp_path: Path, scale: float, capsys: pytest.CaptureFixture[str]
) -> None:
    def rows(by: float) -> list[str]:
        exact = [f"exact,{x},{by * math.sin(3 * x)!r},0" for x in (0, 0.2, 0.6, 1)]
        return exact + [f"qpu,{x},{by * 0.7 * math.sin(3 * x)!r},{by * 0.1!r}" for x in (0.1, 0.8)]

    one = fused(small(tmp_path, rows(1.0)), capsys)
    other = fused(small(tmp_path, rows(scale)), capsys)
    for name in ("mean", "std", "lo95", "hi95"):
        assert_allclose(column(other, name) / scale, column(one, name), rtol=1e-5)


@pytest.mark.parametrize("scale", ["e-180", "e-320", "e99"])
def test_scales_that_double_precision_does_not_hold_give_no_nonsense(
    tmp_path: Path, scale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"exact,{x},{y}{scale},0" for x, y in ((0, 1), (0.5, 3), (1, 2))]
    paths = small(tmp_path, rows)
    status = main(
        ["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"], "--json"]
    )
    document = json.loads(capsys.readouterr().out)
    if status == 0:
        assert column(document, "mean")[0] == pytest.approx(float(f"1{scale}"), rel=1e-3)
    else:
        assert (status, document["status"]) == (2, 2)
        assert "allowed: 0, or 1e-100 and more" in document["detail"]


@pytest.mark.parametrize("role", ["reference", "device"])
def test_values_that_happen_to_agree_within_their_errors_are_not_taken_as_exact(
    tmp_path: Path, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = SMALL | {"sources": {"qpu": {"role": role}}}
    document = fused(small(tmp_path, ["qpu,0,0.99,0.1", "qpu,1,0.98,0.1"], spec), capsys)
    assert np.all(column(document, "std") > 0.05)  # of one value 0.1, of their mean 0.07


def test_an_exact_reference_beyond_the_bounds_is_refused_and_noisy_values_are_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = SMALL | {"observable": {"name": "value", "bounds": [-1, 1]}}
    paths = small(tmp_path, ["exact,0,1.2,0.2", "qpu,0,1.1,0", "exact,1,1.1,0"], spec)
    assert main(["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"]]) == 2
    said = capsys.readouterr().err
    assert "line 4, column 3 (value): '1.1'; allowed: -1.0 to 1.0 for a reference" in said


def test_without_a_reference_nothing_is_claimed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"cheap,{x},{x},0" for x in (0, 0.3, 0.6, 1)]
    document = fused(small(tmp_path, rows), capsys)
    assert (document["claim"], document["references"]) == ("unanchored", 0)
    assert "unanchored" in document["warnings"][0]
    assert np.all(column(document, "std") > 0.1)  # a quarter of the spread of what it has seen


def test_std_0_everywhere_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{name},{x},{0.5 * x},0" for name in ("exact", "qpu") for x in (0, 0.3, 0.6, 1)]
    document = fused(small(tmp_path, rows), capsys)
    assert any("as if it had no shot noise" in words for words in document["warnings"])
    assert_allclose(column(document, "mean"), [0.0, 0.15, 0.5], atol=1e-3)


@pytest.mark.parametrize(("scale", "told"), [("fixed", True), ("learn", False), (None, False)])
def test_a_fixed_scale_of_a_device_is_told_to_do_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scale: str | None, told: bool
) -> None:
    sources = {name: {**source} for name, source in SMALL["sources"].items()}
    for name in ("qpu", "cheap") if scale else ():
        sources[name]["scale"] = scale
    rows = [f"{name},{x},{0.5 * x},0.01" for name in sources for x in (0, 0.3, 0.6, 1)]
    document = fused(small(tmp_path, rows, SMALL | {"sources": sources}), capsys)
    said = [words for words in document["warnings"] if "scale" in words]
    assert len(said) == told
    for words in said:
        assert words.startswith('device \'qpu\': "scale": "fixed" does nothing')
        assert 'or give a source that nothing damps "role": "approximation"' in words


def test_eight_controls_are_fused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    controls = [{"name": f"c{d}", "bounds": [0, 1]} for d in range(8)]
    x = np.random.default_rng(0).random((16, 8)).round(3)
    rows = [f"exact,{','.join(map(str, p))},{p.sum():.4f},0" for p in x]
    document = fused(small(tmp_path, rows, SMALL | {"controls": controls}), capsys)
    truth, std = np.array([0.0, 2.4, 8.0]), column(document, "std")
    assert np.all(np.abs(column(document, "mean") - truth) < 4 * std)
    assert any("hull" in words for words in document["warnings"])


def test_too_many_distinct_measurements_are_refused_in_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = small(tmp_path, [f"cheap,{i / 1e5},{i},0" for i in range(100_000)])
    assert main(["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"]]) == 2
    assert "100000 distinct measurements; one fit takes at most" in capsys.readouterr().err


def test_a_hundred_thousand_repeats_are_merged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"exact,{i % 5 / 4},{i % 5},0.5" for i in range(100_000)]
    document = fused(small(tmp_path, rows), capsys)
    assert (document["rows"], document["distinct"]) == (100_000, 5)


def test_references_that_say_no_more_than_the_spread_anchor_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = fused(small(tmp_path, ["exact,0,0.99,0.1", "exact,1,0.98,0.1"]), capsys)
    assert (document["claim"], document["references"]) == ("unanchored", 2)
    assert "references say no more than the spread" in document["warnings"][0]
    assert "widened" not in document["warnings"][0]  # a reference has no bias to widen
