"""Settings from the environment: ``QTWIN_*`` variables, secrets by file path."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA journal_size_limit=27103364;"
    "PRAGMA foreign_keys=ON"
)


def text(name: str, default: str = "") -> str:
    """The variable ``QTWIN_<name>``."""
    return os.environ.get(f"QTWIN_{name}", default)


def flag(name: str) -> bool:
    """Whether ``QTWIN_<name>`` is 1; anything but 0, 1 or nothing is refused."""
    value = text(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: 0, 1")
    return value == "1"


def number(name: str, default: int) -> int:
    """The whole number in ``QTWIN_<name>``."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: a whole number")
    return int(value)


def seconds(name: str, default: float) -> float:
    """The time in ``QTWIN_<name>``, more than 0."""
    value = text(name, str(default))
    try:
        found = float(value)
    except ValueError:
        found = 0.0
    if not 0.0 < found < math.inf:
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: seconds, more than 0")
    return found


def secret(name: str) -> str:
    """The text of the file named by ``QTWIN_<name>_FILE``.

    Raises:
        ImproperlyConfigured: If the variable is missing or the file cannot be read.
    """
    path = text(f"{name}_FILE")
    if not path:
        raise ImproperlyConfigured(f"QTWIN_{name}_FILE must name a file that holds the secret")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"QTWIN_{name}_FILE: {error.strerror}: {path}") from error


def database(address: str) -> dict[str, Any]:
    """Django's settings for ``postgresql://…`` or the path of an SQLite file."""
    if "://" not in address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": address,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": SQLITE_INIT,
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            f"QTWIN_DATABASE scheme {parts.scheme!r}; allowed: postgresql, or a file path"
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "OPTIONS": query,
    }
