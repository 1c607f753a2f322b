"""Reading a system document from a file or from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from qtwin.client.wrong import WrongInput

MOST_BYTES = 1_048_576


def read_document(name: str) -> dict[str, Any]:
    """The JSON object in a file; ``-`` is standard input.

    Raises:
        WrongInput: If there is no such file, or it holds something else.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongInput(f"{name}: {reason}", field="SYSTEM") from error
    if len(text) > MOST_BYTES:
        raise WrongInput(f"{name}: larger than {MOST_BYTES} bytes", field="SYSTEM")
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise WrongInput(f"{name} is not JSON: {error}", field="SYSTEM") from error
    if not isinstance(document, dict):
        raise WrongInput(f"{name} holds no JSON object", field="SYSTEM")
    return document


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not allowed")
