"""Reading a file of UTF-8 text, with or without a byte order mark."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from qtwin.tables.refusal import FileRefused

MOST_BYTES = 64 * 1024**2


def read_text(file: str) -> str:
    """The text of a file.

    Raises:
        FileRefused: There is no such file, it is too large, or it is no UTF-8 text.
    """
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileRefused(reason, file=file) from error
    if len(content) > MOST_BYTES:
        raise FileRefused(f"larger than {MOST_BYTES} bytes", file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        value = content[error.start : error.start + 1]
        raise FileRefused(f"{value!r}; allowed: UTF-8 text", file=file, line=line) from error


def quoted(value: object) -> str:
    """A value in a message, cut where it is long."""
    words = repr(value)
    return words if len(words) <= 60 else words[:57] + "..."


def suggestion(name: str, known: list[str]) -> str:
    """``" (did you mean 'x'?)"`` when a known name is close."""
    close = get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
