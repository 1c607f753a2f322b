"""Numbers as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtwin.web.numbers import digits_of, plain, uncertain


@pytest.mark.parametrize(
    ("value", "std", "text"),
    [
        (-1.13729, 0.00042, "−1.1373 ± 0.0004"),
        (-1.13729, 0.00012, "−1.13729 ± 0.00012"),
        (-1.13729, 0.19, "−1.14 ± 0.19"),
        (12.3456, 3.6, "12 ± 4"),
        (0.5, 0.0, "0.500000"),
        (-0.2, 0.0996, "−0.20 ± 0.10"),
    ],
)
def test_the_error_decides_how_many_digits_are_shown(value: float, std: float, text: str) -> None:
    assert uncertain(value, std) == text


@given(st.floats(1e-9, 1e3), st.floats(-1e3, 1e3))
def test_rounding_moves_a_value_by_less_than_half_its_error(std: float, value: float) -> None:
    shown = float(plain(value, digits_of(std)).replace("−", "-"))
    assert abs(shown - value) <= 0.5 * std + 1e-12
