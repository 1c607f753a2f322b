"""One record as one line of JSON."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from qtwin.logs.redaction import redacted

LONGEST = 10_000
"""Characters of a message or of a traceback."""


class JsonLine(logging.Formatter):
    """Time, level, logger, message, process; status of an answer; error and where it was."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _shown(record.getMessage()),
            "process": record.process,
        }
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            line["status"] = status
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _shown(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class PlainLine(logging.Formatter):
    """The same for people who read it as it is."""

    def format(self, record: logging.LogRecord) -> str:
        return _shown(super().format(record))


def _shown(text: str) -> str:
    return redacted(text[:LONGEST])
