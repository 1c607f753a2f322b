"""Degenerate data give a sound answer or a clear refusal, never a confident falsehood.

Sound means: finite, a positive band, a budget that sums, and, wherever the band is called
calibrated, the truth inside of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtwin.fusion import fit_star
from qtwin.fusion.base import (
    Claim,
    FloatArray,
    Knob,
    Observations,
    Prediction,
)
from tests.unit.fusion.synthetic import (
    BIASED,
    DEVICE,
    NAN,
    REFERENCE,
    SCALED,
    Row,
    observations,
)

GRID = np.linspace(-1.0, 3.0, 21)[:, None]
Truth = Callable[[FloatArray], FloatArray]

TRUTHS: dict[str, Truth] = {
    "constant": lambda x: 0.0 * x + 2.0,
    "zero": lambda x: 0.0 * x,
    "line": lambda x: 1.5 * x - 0.3,
    "sine": lambda x: np.sin(2.0 * x),
}
every_truth = pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS.keys())


def _predict(data: Observations, points: FloatArray = GRID) -> Prediction:
    return fit_star(data, steps=48, keep=8).predict(points)


def _sound(belief: Prediction) -> None:
    arrays = [belief.mean, belief.std, belief.lower, belief.upper]
    arrays += [*belief.budget.values(), *belief.shares.values()]
    assert all(np.all(np.isfinite(values)) for values in arrays)
    assert np.all(belief.std > 0.0)
    total = sum(belief.budget.values(), np.zeros(len(belief.mean)))
    assert total == pytest.approx(belief.std**2, rel=1e-8)
    assert sum(belief.shares.values(), np.zeros(len(total))) == pytest.approx(1.0, abs=1e-6)


def _no_falsehood(belief: Prediction, values: FloatArray, spread: float) -> None:
    """The truth is inside; or no reference ran, and the band is vague: as wide as the data."""
    _sound(belief)
    inside = np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.95
    vague = belief.claim is not Claim.CALIBRATED and belief.std.max() >= spread
    assert inside or (vague and belief.references == 0)


def _rows(
    x: list[float] | FloatArray, truth: Truth, source: int, std: float = 0.0, bias: float = 0.0
) -> list[Row]:
    values = truth(np.asarray(x, dtype=np.float64)) + bias
    pairs = zip(x, values, strict=True)
    return [(float(a), float(b), std, source, NAN, NAN) for a, b in pairs]


def _device(x: FloatArray, truth: Truth, source: int, mixed: float) -> list[Row]:
    stated = 0.7 if np.isnan(mixed) else mixed
    values = stated + 0.6 * (truth(x) - stated)
    return [(float(a), float(b), 0.02, source, 1.0, mixed) for a, b in zip(x, values, strict=True)]


FIVE = np.linspace(-1.0, 3.0, 5)
SIX = np.linspace(-1.0, 3.0, 6)


def _cases(truth: Truth) -> dict[str, Observations]:
    exact, cheap = (REFERENCE,), (BIASED,)
    step = Knob(name="dt", limit=0.0, order=2.0)
    knobbed = (replace(REFERENCE, knobs=(step,)),)
    five = observations(_rows(FIVE, truth, 0), exact)
    return {
        "one reference": observations(_rows([0.5], truth, 0), exact),
        "two references": observations(_rows([0.0, 2.0], truth, 0), exact),
        "five references": five,
        "many references": observations(_rows(np.linspace(-1, 3, 25), truth, 0), exact),
        "repeats": observations(3 * _rows(FIVE, truth, 0), exact),
        "nearly equal points": observations(
            _rows([0.0, 1e-7, 2e-7, 1.0, 2.0, 3.0], truth, 0), exact
        ),
        "no reference": observations(_rows(SIX, truth, 0, bias=0.3), cheap),
        "two that agree and are wrong": observations(
            _rows(SIX, truth, 0, bias=0.3) + _rows(SIX, truth, 1, bias=0.3),
            (BIASED, replace(BIASED, name="other")),
        ),
        "three references and a wrong source": observations(
            _rows([-0.5, 1.0, 2.5], truth, 0) + _rows(SIX, truth, 1, bias=0.3), (REFERENCE, BIASED)
        ),
        "a source with one far point": observations(
            [*_rows(FIVE, truth, 0), (1.0, 40.0, 0.0, 1, NAN, NAN)], (REFERENCE, BIASED)
        ),
        "a rescaled source with one point": observations(
            [*_rows(FIVE, truth, 0), (1.0, 40.0, 0.0, 1, NAN, NAN)], (REFERENCE, SCALED)
        ),
        "a device alone": observations(_device(SIX, truth, 0, 0.0), (DEVICE,)),
        "one device row": observations(_device(np.array([0.5]), truth, 0, NAN), (DEVICE,)),
        "a device with a learned mixed value": observations(
            _device(SIX, truth, 0, NAN) + _rows([-1.0, 1.0, 3.0], truth, 1), (DEVICE, REFERENCE)
        ),
        "one epoch": replace(
            observations(
                _device(SIX, truth, 0, 0.0) + _rows([-1.0, 1.0, 3.0], truth, 1),
                (DEVICE, REFERENCE),
            ),
            epoch=("monday",) * 9,
        ),
        "huge errors": observations(_rows(FIVE, truth, 0, std=1e9), exact),
        "tiny errors": observations(2 * _rows(FIVE, truth, 0, std=1e-60), exact),
        "one exact among huge errors": observations(
            [
                (x, 1e9 * error, 1e9, 0, NAN, NAN)
                for x, error in zip(FIVE, (0.3, -1.0, 0.5, 1.2, -0.4), strict=True)
            ]
            + _rows([0.1], truth, 0),
            exact,
        ),
        "a knob at its limit only": replace(
            observations(_rows(FIVE, truth, 0), knobbed), knobs={"dt": np.zeros(5)}
        ),
        "a knob at one value only": replace(
            observations(_rows(FIVE, truth, 0, bias=0.1), knobbed), knobs={"dt": np.full(5, 0.1)}
        ),
        "bounds narrower than the data": replace(five, bounds=np.array([[0.5, 1.5]])),
        "bounds wider than the data": replace(five, bounds=np.array([[-1e3, 1e3]])),
        "an offset": replace(five, y=five.y + 1e6),
    }


@every_truth
@pytest.mark.parametrize("case", _cases(TRUTHS["line"]).keys())
def test_a_simple_truth_is_inside_the_band_or_nothing_is_claimed(truth: Truth, case: str) -> None:
    data = _cases(truth)[case]
    values = truth(GRID[:, 0]) + (1e6 if case == "an offset" else 0.0)
    _no_falsehood(_predict(data), values, float(np.std(data.y)))


@pytest.mark.parametrize("factor", [1e-80, 1e-12, 1e12, 1e80])
def test_units_of_any_size_do(factor: float) -> None:
    truth = TRUTHS["sine"]
    plain = observations(_rows(FIVE, truth, 0) + _rows(SIX, truth, 1, 0.01), (REFERENCE, BIASED))
    data = replace(plain, y=factor * plain.y, std=factor * plain.std)
    _no_falsehood(_predict(data), factor * truth(GRID[:, 0]), factor)


@pytest.mark.parametrize("n", [1, 2, 9, 30])
def test_eight_controls_do(n: int) -> None:
    rng = np.random.default_rng(n)
    x, points, slope = rng.random((n, 8)), rng.random((40, 8)), np.arange(8.0)
    data = Observations(
        x=x,
        bounds=np.array([[0.0, 1.0]] * 8),
        y=x @ slope,
        std=np.zeros(n),
        source=np.zeros(n, dtype=np.int64),
        sources=(REFERENCE,),
        gain=np.full(n, NAN),
        mixed_value=np.full(n, NAN),
    )
    _no_falsehood(_predict(data, points), points @ slope, float(np.std(data.y)))


@pytest.mark.parametrize("x", [-1e300, 1e6, 1e300])
def test_far_outside_the_data_the_band_is_that_of_the_prior(x: float) -> None:
    data = observations(_rows(FIVE, TRUTHS["sine"], 0), (REFERENCE,))
    belief = _predict(data, np.array([[x]]))
    _sound(belief)
    assert belief.std[0] > np.std(data.y)


@st.composite
def _anything(draw: st.DrawFn) -> tuple[Observations, Truth]:
    """A few rows of any sources of a constant, a line or a sine, at any scale."""
    a, b, c = (draw(st.floats(-2.0, 2.0)) for _ in range(3))
    scale = 10.0 ** draw(st.sampled_from([-12, -3, 0, 3, 12]))
    wave = draw(st.booleans())

    def truth(x: FloatArray) -> FloatArray:
        values: FloatArray = scale * (a + b * (np.sin(1.5 * x + c) if wave else x))
        return values

    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    std = scale * draw(st.sampled_from([0.0, 1e-3, 0.1]))
    mixed = draw(st.sampled_from([NAN, 0.0]))
    sizes = [draw(st.sampled_from(counts)) for counts in ([0, 1, 3, 8], [0, 1, 6], [0, 1, 6])]
    rows: list[Row] = []
    for source, size in enumerate(sizes):
        for x in rng.uniform(-1.0, 3.0, size):
            bias = 0.2 * scale * np.cos(x) if source == 1 else 0.0
            rho = 0.6 if source == 2 else 1.0
            error = std * rng.standard_normal() if source else 0.0
            y = rho * float(truth(np.asarray(x))) + bias + error
            given = (1.0, mixed) if source == 2 else (NAN, NAN)
            rows.append((float(x), y, std if source else 0.0, source, *given))
    return observations(rows, (REFERENCE, BIASED, DEVICE)), truth


@given(drawn=_anything())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_whatever_is_measured_the_answer_is_sound(
    drawn: tuple[Observations, Truth],
) -> None:
    data, truth = drawn
    nothing = not len(data.y)
    if nothing or 0.0 < np.abs(data.y).max() < 1e-100:
        message = "at least one measurement" if nothing else "too small for this unit"
        with pytest.raises(ValueError, match=message):
            fit_star(data)
        return
    belief = fit_star(data, steps=16, keep=4, restarts=1).predict(GRID)
    _sound(belief)
    values = truth(GRID[:, 0])
    inside = (belief.lower <= values) & (values <= belief.upper)
    assert belief.claim is not Claim.CALIBRATED or np.mean(inside) >= 0.5
