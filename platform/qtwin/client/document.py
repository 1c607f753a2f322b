"""Reading JSON from a file or from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from qtwin.client.wrong import WrongInput

MOST_BYTES = 1_048_576


def read_document(name: str, *, field: str = "SYSTEM") -> dict[str, Any]:
    """The JSON object in a file; ``-`` is standard input.

    Raises:
        WrongInput: If there is no such file, or it holds something else.
    """
    document = read_json(name, field=field)
    if not isinstance(document, dict):
        raise WrongInput(f"{name} holds no JSON object", field=field)
    return document


def read_json(name: str, *, field: str) -> Any:
    """Any JSON document in a file; ``-`` is standard input.

    Raises:
        WrongInput: If there is no such file, or it is not JSON.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongInput(f"{name}: {reason}", field=field) from error
    if len(text) > MOST_BYTES:
        raise WrongInput(f"{name}: larger than {MOST_BYTES} bytes", field=field)
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise WrongInput(f"{name} is not JSON: {error}", field=field) from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not allowed")
