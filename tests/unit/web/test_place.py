"""The point that an address asks the headline for."""

from __future__ import annotations

import pytest

from qtwin.projects.models import Control
from qtwin.web.place import NoPlace, place_of, place_text

BOND = Control(name="bond", label="Bond length", unit="angstrom", lower=0.3, upper=2.5)
ANGLE = Control(name="angle", label="Angle", unit="degree", lower=60.0, upper=180.0)


def test_a_point_names_the_first_controls_and_the_rest_is_in_the_middle() -> None:
    assert place_of("0.9", [BOND]) == [0.9]
    assert place_of("0.9", [BOND, ANGLE]) == [0.9, 120.0]
    assert place_of("0.9,90", [BOND, ANGLE]) == [0.9, 90.0]
    assert place_of(" ", [BOND]) is None


@pytest.mark.parametrize("text", ["3", "nan", "inf", "left", "0.9,1", "1e999"])
def test_what_is_no_point_is_told_with_the_range(text: str) -> None:
    with pytest.raises(NoPlace, match=r"allowed: bond length 0\.3 to 2\.5 Å"):
        place_of(text, [BOND])


def test_a_place_is_said_as_it_is_however_small_and_a_symbol_stays_as_it_is_written() -> None:
    time = Control(name="t", label="Time in 1/J", unit="us", lower=0.0, upper=0.001)
    coupling = Control(name="j", label="J₂ coupling", unit="1", lower=0.0, upper=1.0)
    assert place_text([0.7414], [BOND]) == "0.7414 Å"
    assert place_text([0.0005, 0.5], [time, coupling]) == "time in 1/J 0.0005 µs, J₂ coupling 0.5"
