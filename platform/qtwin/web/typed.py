"""What a person typed into a field, or a form sent in its place."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ParseError

from qtwin.rest.parser import fits_a_double, strict
from qtwin.rest.problem import PointedError


def number(text: str) -> Any:
    """A finite number, or the text as it is, which is then refused where it stands."""
    for kind in (int, float):
        with suppress(ValueError):
            if fits_a_double(found := kind(text)):
                return found
    return text


def document(text: str, at: str) -> Any:
    """A JSON document, read as strictly as what the API is sent.

    Args:
        at: Pointer of the field.

    Raises:
        PointedError: It is none, or one that not everybody would read alike.
    """
    try:
        return strict(text, at)
    except ParseError as error:
        raise PointedError(at, str(error.detail)) from None


def typed_uuid(text: str) -> UUID | None:
    """An identifier, or None, which nothing has."""
    with suppress(ValueError):
        return UUID(text)
    return None
