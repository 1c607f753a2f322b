"""Bars hold every shot, and their error is that of a multinomial draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtwin.drawing.histogram import bars, histogram, noise

COUNTS = st.dictionaries(st.integers(0, 31), st.integers(1, 10**6), max_size=32)


@given(drawn=COUNTS, top=st.integers(1, 40), order=st.sampled_from(["count", "bits"]))
def test_no_shot_is_lost(drawn: dict[int, int], top: int, order: str) -> None:
    counts = {format(bits, "05b"): count for bits, count in drawn.items()}
    made = bars(counts, top=top, order=order)
    assert sum(bar.count for bar in made) == sum(counts.values())
    assert sum(bar.others or 1 for bar in made) == len(counts)
    assert len([bar for bar in made if not bar.others]) == min(top, len(counts))


def test_orders() -> None:
    counts = {"11": 5, "00": 1, "10": 9, "01": 2}
    assert [bar.bits for bar in bars(counts, top=3)] == ["10", "11", "01", ""]
    assert [bar.bits for bar in bars(counts, top=3, order="bits")] == ["01", "10", "11", ""]


def test_the_error_is_that_of_many_repetitions() -> None:
    drawn = np.random.default_rng(0).binomial(400, 0.3, size=20_000)
    assert noise(120, 400) == pytest.approx(drawn.std(), rel=0.03)
    assert noise(400, 400) == 0.0


def test_long_bit_strings_are_cut_in_the_picture_and_whole_in_the_table() -> None:
    bits = "01" * 64
    figure = histogram({bits: 3, "10" * 64: 1}, top=8)
    assert figure.sheets[0].rows[0][0] == bits
    assert "…" in str(figure.svg)
    assert f"{bits}: 3" in str(figure.svg)


def test_every_bar_is_within_the_picture() -> None:
    figure = histogram({format(n, "06b"): (n + 1) ** 3 for n in range(64)}, top=16)
    assert figure.svg is not None
    width = float(figure.svg.get("width"))
    for bar in figure.svg.of_class("bar"):
        assert float(bar.get("x")) + float(bar.get("width")) < width
    assert len([*figure.svg.of_class("outcome")]) == 17
    assert "47 others" not in str(figure.svg)
    assert "48 others" in str(figure.svg)
