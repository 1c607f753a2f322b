"""JSON that means the same to everyone: no NaN, no NUL, no deep nesting, no key twice."""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_DEPTH = 32
NO_TEXT = re.compile("[\0\ud800-\udfff]")


def write(document: Any) -> bytes:
    """Compact, sorted; floats as short as they can be and still be the same."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def read(data: bytes) -> Any:
    """Read one JSON document.

    Raises:
        ValueError: If it is none, or holds what no database keeps.
    """
    try:
        document = json.loads(data.decode(), object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError(f"nested deeper than {MAX_DEPTH}") from None
    _check(document, 0)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key is given twice")
    return document


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    if isinstance(value, str) and NO_TEXT.search(value):
        raise ValueError("a text holds NUL or half a character")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
