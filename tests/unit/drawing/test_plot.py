"""Plots as wide as their place: where values are drawn, compared with the values."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtwin.drawing.element import Element
from qtwin.drawing.plot.ladder import Rung, Stage, ladder_drawn
from qtwin.drawing.plot.learning import MOST, learning_figure, thinned
from qtwin.drawing.plot.panel import NAME
from qtwin.drawing.plot.span import Span, written
from qtwin.drawing.plot.spread import BINS, HEIGHT, binned, spread_drawn
from tests.sweep import curve


def numbers(text: str) -> list[float]:
    return [float(word) for word in re.findall(r"-?\d+\.?\d*", text)]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_ticks_are_round_and_lie_in_the_range(low: float, extent: float, most: int) -> None:
    span = Span(low=low, high=low + extent)
    ticks = span.ticks(most)
    assert len(ticks) <= most + 1
    assert all(-1e-6 <= span.share(tick) <= 1 + 1e-6 for tick in ticks)
    steps = np.diff(ticks)
    if len(steps):
        assert steps == pytest.approx(steps[0], rel=1e-6)
        leading = f"{steps[0]:.6e}".split("e")[0]
        assert float(leading) == pytest.approx(float(leading[0]), rel=1e-4)
        assert leading[0] in "125"


def test_a_span_of_one_value_or_none_has_room() -> None:
    assert Span.over([3.0]).low < 3.0 < Span.over([3.0]).high
    assert Span.over([math.nan]) == Span(low=0.0, high=1.0)


@pytest.mark.parametrize(("value", "text"), [(12000, "12,000"), (-40, "−40"), (0.05, "0.05")])
def test_values_of_axes_are_written_as_people_do(value: float, text: str) -> None:
    assert written(value) == text


def lines_of(svg: Element) -> dict[str, list[float]]:
    """Numbers of each path, by its classes."""
    return {str(path.get("class")): numbers(str(path.get("d"))) for path in svg.find("path")}


def test_a_learning_curve_is_drawn_where_its_values_are() -> None:
    rows = curve(12)
    figure = learning_figure(rows)
    assert figure.svg is not None
    panel = figure.model["panels"][0]
    mean = lines_of(figure.svg)["line series-0"]
    across, down = mean[0::2], mean[1::2]
    end = rows[-1]["evaluations"]
    assert across == pytest.approx([1000 * row["evaluations"] / end for row in rows], abs=0.06)
    drawn = [panel["high"] - y / panel["height"] * (panel["high"] - panel["low"]) for y in down]
    slack = 0.006 / panel["height"] * (panel["high"] - panel["low"])
    assert drawn == pytest.approx([row["mean"] for row in rows], abs=slack)
    band = lines_of(figure.svg)["band series-0"][1::2]
    assert min(band) < min(down)
    assert max(band) > max(down)
    assert panel["top"] == NAME


def test_a_value_that_is_not_known_is_a_gap_and_no_number() -> None:
    rows = curve(4)
    rows[1]["mean"] = math.nan
    figure = learning_figure(rows)
    assert figure.svg is not None
    (line,) = [p for p in figure.svg.find("path") if p.get("class") == "line series-0"]
    assert str(line.get("d")).count("M") == 2
    assert json.loads(json.dumps(figure.model))["panels"][0]["lines"][0]["values"][1] is None
    assert "NaN" not in json.dumps(figure.model)


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    rows = [{"evaluations": n} for n in range(1, 5001)]
    kept = thinned(rows)
    assert MOST / 2 <= len(kept) <= MOST
    assert kept[-1] is rows[-1]
    assert thinned([]) == []
    assert learning_figure([]).svg is None


def test_a_histogram_counts_as_numpy_does() -> None:
    draws = np.random.default_rng(1).normal(0.97, 0.01, 500)
    svg = spread_drawn("rabi_scale", draws.tolist(), 1.0)
    x = Span.over([*draws.tolist(), 1.0], room=0.04)
    counts = binned(draws.tolist(), x)
    assert counts == np.histogram(draws, bins=BINS, range=(x.low, x.high))[0].tolist()
    heights = [float(bar.get("height")) for bar in svg.of_class("bin")]
    most = max(counts)
    assert heights == pytest.approx([HEIGHT * count / most for count in counts if count])
    (nominal,) = svg.of_class("nominal-line")
    assert float(str(nominal.get("x1")).rstrip("%")) / 100 == pytest.approx(x.share(1.0), abs=1e-4)


def test_a_ladder_has_each_stage_with_its_interval() -> None:
    stages = [
        Stage(
            title=title,
            rungs=[
                Rung(name="policy", value=v, lower=v - 0.04, upper=v + 0.02, said=f"{v}"),
                Rung(name="sweep", value=v / 2, lower=v / 3, upper=v, said="half", series=7),
            ],
        )
        for title, v in (("Nominal", 0.9), ("Noisy <device>", 0.7))
    ]
    svg = ladder_drawn(stages, name="Probability of Z2")
    first, *_ = svg.of_class("rung")
    (mark,) = first.of_class("mark")
    low, *_ = first.of_class("error")
    assert (mark.get("cx"), low.get("x1"), low.get("x2")) == ("90.000%", "86.000%", "92.000%")
    assert [r.get("class") for r in svg.of_class("rung")][:2] == [
        "rung series-0 first",
        "rung series-7",
    ]
    assert "Nominal: 0.9; Noisy <device>: 0.7" in str(svg.get("aria-label"))
    assert "<device>" not in str(svg)
