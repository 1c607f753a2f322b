"""What a person typed into a field that takes a number."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from qtwin.rest.parser import fits_a_double


def number(text: str) -> Any:
    """A finite number, or the text as it is, which is then refused where it stands."""
    for kind in (int, float):
        with suppress(ValueError):
            if fits_a_double(found := kind(text)):
                return found
    return text
