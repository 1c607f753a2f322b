"""Numbers as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtwin.web.numbers import digits_of, plain, sigmas, significant, uncertain


@pytest.mark.parametrize(
    ("value", "std", "text"),
    [
        (-1.13729, 0.00042, "−1.1373 ± 0.0004"),
        (-1.13729, 0.00012, "−1.13729 ± 0.00012"),
        (-1.13729, 0.19, "−1.14 ± 0.19"),
        (12.3456, 3.6, "12 ± 4"),
        (0.5, 0.0, "0.500000"),
        (-0.2, 0.0996, "−0.20 ± 0.10"),
        (-0.001, 0.19, "0.00 ± 0.19"),
        (2e-15, 3e-16, "2 × 10⁻¹⁵ ± 3 × 10⁻¹⁶"),
    ],
)
def test_the_error_decides_how_many_digits_are_shown(value: float, std: float, text: str) -> None:
    assert uncertain(value, std) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00002, "0.00002"),
        (-1.234567e-7, "−0.0000001235"),
        (3e-9, "3 × 10⁻⁹"),
        (1.5e12, "1.5 × 10¹²"),
        (0.75, "0.75"),
        (-2.0, "−2"),
    ],
)
def test_powers_of_ten_are_written_as_people_do(value: float, text: str) -> None:
    assert significant(value, 4) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.3, "−0.30 σ"),
        (0.0123, "+0.012 σ"),
        (12.3, "+12 σ"),
        (0.0004, "< 0.001 σ"),
        (-0.0004, "< 0.001 σ"),
    ],
)
def test_a_move_too_small_to_print_is_not_printed_as_zero(value: float, text: str) -> None:
    assert sigmas(value, signed=True) == text


@given(st.floats(1e-9, 1e3), st.floats(-1e3, 1e3))
def test_rounding_moves_a_value_by_less_than_half_its_error(std: float, value: float) -> None:
    shown = float(plain(value, digits_of(std)).replace("−", "-"))
    assert abs(shown - value) <= 0.5 * std + 1e-12
