"""Settings from the environment: ``QTWIN_*`` variables, secrets by file path."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from qtwin.rates.rule import Rule

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA journal_size_limit=27103364;"
    "PRAGMA foreign_keys=ON"
)


def text(name: str, default: str = "") -> str:
    """The variable ``QTWIN_<name>``."""
    return os.environ.get(f"QTWIN_{name}", default)


def words(name: str, default: str) -> list[str]:
    """The parts of ``QTWIN_<name>`` between commas."""
    return [word.strip().lower() for word in text(name, default).split(",") if word.strip()]


def flag(name: str) -> bool:
    """Whether ``QTWIN_<name>`` is 1; anything but 0, 1 or nothing is refused."""
    value = text(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: 0, 1")
    return value == "1"


def choice(name: str, default: str, *allowed: str) -> str:
    """One of some words in ``QTWIN_<name>``."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: {', '.join(allowed)}")
    return value


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


def amount(name: str, default: float) -> float:
    """The number in ``QTWIN_<name>``, more than 0."""
    value = text(name, str(default))
    try:
        found = float(value)
    except ValueError:
        found = 0.0
    if not 0.0 < found < math.inf:
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: a number, more than 0")
    return found


def rate(name: str, label: str, default: str) -> Rule:
    """The limit ``requests/seconds`` in ``QTWIN_<name>``; 0 for none."""
    value = text(name, default)
    most, _, window = value.partition("/")
    if value != "0" and not (most.isdecimal() and window.isdecimal() and int(most) * int(window)):
        raise ImproperlyConfigured(
            f"QTWIN_{name} = {value!r}; allowed: requests/seconds such as 300/15, or 0 for no limit"
        )
    return Rule(name=label, most=int(most), window_s=int(window or 1))


def secrets(name: str) -> list[str]:
    """The texts of the files named by ``QTWIN_<name>_FILE``, which a colon separates.

    Raises:
        ImproperlyConfigured: If the variable is missing or a file cannot be read.
    """
    paths = [path for path in text(f"{name}_FILE").split(os.pathsep) if path]
    if not paths:
        raise ImproperlyConfigured(f"QTWIN_{name}_FILE must name a file that holds the secret")
    return [_read(name, path) for path in paths]


def issuer(name: str) -> str:
    """The address in ``QTWIN_<name>`` by which a provider names itself; empty for none."""
    value = text(name)
    parts = urlsplit(value)
    near = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if value and not (parts.hostname and (parts.scheme == "https" or near)):
        raise ImproperlyConfigured(f"QTWIN_{name} = {value!r}; allowed: https://…")
    return value


def secret(name: str) -> str:
    """The text of the one file named by ``QTWIN_<name>_FILE``."""
    found = secrets(name)
    if len(found) > 1:
        raise ImproperlyConfigured(f"QTWIN_{name}_FILE names {len(found)} files; allowed: one")
    return found[0]


def _read(name: str, path: str) -> str:
    try:
        found = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"QTWIN_{name}_FILE: {error.strerror}: {path}") from error
    if not found:
        raise ImproperlyConfigured(f"QTWIN_{name}_FILE: an empty file: {path}")
    return found


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
