"""Points of the controls' range: as the address asks for one with ``?at=0.9``, and as words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtwin.projects.models import Control
from qtwin.web.headline import place_said, symbol, within_sentence
from qtwin.web.numbers import significant

MOST = 200


class NoPlace(Exception):
    """What was typed is no place of the twin; the message says what is allowed."""


def place_of(text: str, controls: Sequence[Control]) -> list[float] | None:
    """Values of the controls in their order, the first ones as given and the rest in the middle.

    Raises:
        NoPlace: It is not numbers, too many, or outside of the range.
    """
    words = [word for word in text[:MOST].replace(",", " ").split() if word]
    if not words:
        return None
    if len(words) > len(controls):
        raise NoPlace(f"at = {text[:MOST]!r}; allowed: {_allowed(controls)}")
    point = [(control.lower + control.upper) / 2 for control in controls]
    for row, (word, control) in enumerate(zip(words, controls, strict=False)):
        try:
            point[row] = float(word)
        except ValueError:
            point[row] = math.nan
        if not control.lower <= point[row] <= control.upper:
            raise NoPlace(f"at = {text[:MOST]!r}; allowed: {_allowed(controls)}")
    return point


def _allowed(controls: Sequence[Control]) -> str:
    return ", ".join(
        f"{within_sentence(control.label)} {significant(control.lower)}"
        f" to {significant(control.upper)} {symbol(control.unit)}".rstrip()
        for control in controls
    )


def place_text(at: Sequence[float], controls: Sequence[Control]) -> str:
    """``0.95 Å``; with the controls' names where there are several, or no unit."""
    return place_said(at, [(control.label, control.unit) for control in controls])
