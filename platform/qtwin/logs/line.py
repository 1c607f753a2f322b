"""One record as one line of JSON."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from qtwin.logs.context import facts
from qtwin.logs.redaction import redacted

LONGEST = 10_000
"""Characters of a message or of a traceback."""


class JsonLine(logging.Formatter):
    """Time, level, logger, message, process; error and where it was; what it belongs to.

    A record may bring more: a dictionary as ``facts`` among its ``extra``.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _shown(record.getMessage()),
            "process": record.process,
        }
        line |= {name: _shown(value) for name, value in facts().items() if value}
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            line["status"] = status
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _shown(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class PlainLine(logging.Formatter):
    """The same for people who read it as it is."""

    def format(self, record: logging.LogRecord) -> str:
        about = " ".join(f"{name}={value}" for name, value in facts().items() if value)
        return _shown(f"{super().format(record)}{about and f' [{about}]'}")


def _shown(text: str) -> str:
    return redacted(text[:LONGEST])
