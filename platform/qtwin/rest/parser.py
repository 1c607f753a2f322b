"""JSON that means the same to everyone: no NaN, no duplicate keys, no deep nesting."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import partial
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from qtwin.rest.problem import PayloadTooLarge, PointedError

MAX_DEPTH = 32


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Read one JSON document of at most `settings.DATA_UPLOAD_MAX_MEMORY_SIZE` bytes."""
        limit = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            view = (parser_context or {}).get("view")
            raise PayloadTooLarge(limit, getattr(view, "largest_field", ""))
        try:
            return strict(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ParseError("the body is not UTF-8") from error


def strict(text: str, at: str = "") -> Any:
    """One JSON document.

    Args:
        at: Its place in the request, a JSON pointer.

    Raises:
        ParseError: It is none.
        PointedError: It is one that not everybody would read alike.
    """
    try:
        document = json.loads(text, object_pairs_hook=partial(_unique, at))
    except RecursionError as error:
        raise ParseError(f"nested deeper than {MAX_DEPTH}") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"not JSON: {error.msg} at character {error.pos}") from error
    except ValueError as error:  # Python reads no integer of that many digits
        raise ParseError("an integer has too many digits; allowed: a double") from error
    _check(document, at, 0)
    return document


def fits_a_double(value: float) -> bool:
    """Whether a number, which may be an integer of any size, is a finite double."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _unique(at: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        _check_text(twice, at)
        raise PointedError(f"{at}/{twice}", f"key {twice!r} is given twice", code="duplicate")
    return document


def _check(value: Any, pointer: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise PointedError(pointer, f"nested deeper than {MAX_DEPTH}", code="too_deep")
    if isinstance(value, int | float) and not fits_a_double(value):
        raise PointedError(
            pointer,
            f"{str(value)[:40]} is not allowed; allowed: a finite number that fits a double",
            code="not_finite",
        )
    if isinstance(value, str):
        _check_text(value, pointer)
    if isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, pointer)
            _check(item, f"{pointer}/{key}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{pointer}/{index}", depth + 1)


def _check_text(text: str, pointer: str) -> None:
    """Refuse what no database keeps and no answer can carry: NUL, and halves of characters."""
    bad = next((c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if bad is not None:
        raise PointedError(
            pointer, f"the character {bad!r} is not allowed; allowed: Unicode text", code="not_text"
        )
