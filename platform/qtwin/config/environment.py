"""Settings from the environment: ``QTWIN_*`` variables, secrets by file path.

A wrong value is noted and its default taken, so that one start tells of every mistake.
"""

from __future__ import annotations

import base64
import math
import os
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from qtwin.config import address
from qtwin.rates.rule import Rule

PREFIX = "QTWIN_"
CREDENTIAL_KEY_BYTES = (16, 24, 32)
"""Of the keys that AES takes."""
ALIKE = 0.85
"""How similar a name must be to that of a setting to be a slip of the hand."""
Value = TypeVar("Value")


class Environment:
    """Reads variables and keeps a list of what is wrong with them.

    Attributes:
        asked: The default of each variable that was asked for, by its whole name.
        mistakes: A sentence about each wrong value; none holds a secret.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.asked: dict[str, str] = {}
        self.mistakes: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable ``QTWIN_<name>``."""
        self.asked[PREFIX + name] = default
        return self._variables.get(PREFIX + name, default)

    def words(self, name: str, default: str) -> list[str]:
        """The parts of ``QTWIN_<name>`` between commas."""
        return [one.strip().lower() for one in self.text(name, default).split(",") if one.strip()]

    def flag(self, name: str, default: str = "0") -> bool:
        """Whether ``QTWIN_<name>`` is 1; anything but 0 or 1 is wrong."""
        return self.choice(name, default, "0", "1") == "1"

    def choice(self, name: str, default: str, *allowed: str) -> str:
        """One of some words in ``QTWIN_<name>``."""
        value = self.text(name, default)
        if value in allowed:
            return value
        return self._wrong(name, value, ", ".join(allowed), default)

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**63 - 1) -> int:
        """The whole number in ``QTWIN_<name>``."""
        value = self.text(name, str(default))
        if value.isdecimal() and least <= int(value) <= most:
            return int(value)
        bounds = f" from {least}" + (f" to {most}" if most < 2**63 - 1 else "")
        return self._wrong(name, value, f"a whole number{bounds}", default)

    def days(self, name: str, *, least: int) -> int:
        """The whole number in ``QTWIN_<name>``: 0, for ever, or at least so many days."""
        found = self.number(name, 0)
        if 0 < found < least:
            allowed = f"0 to keep it for ever, or {least} or more days"
            return self._wrong(name, str(found), allowed, 0)
        return found

    def ports(self, name: str, default: str) -> list[int]:
        """The ports in ``QTWIN_<name>`` between commas."""
        found = self.words(name, default)
        if all(one.isdecimal() and 1 <= int(one) <= 65535 for one in found):
            return [int(one) for one in found]
        allowed = "ports from 1 to 65535, separated by commas"
        return self._wrong(name, ",".join(found), allowed, [int(one) for one in default.split(",")])

    def seconds(self, name: str, default: float) -> float:
        """The time in ``QTWIN_<name>``, more than 0."""
        return self._positive(name, default, "seconds, more than 0")

    def amount(self, name: str, default: float) -> float:
        """The number in ``QTWIN_<name>``, more than 0."""
        return self._positive(name, default, "a number, more than 0")

    def rate(self, name: str, label: str, default: str) -> Rule:
        """The limit ``requests/seconds`` in ``QTWIN_<name>``; 0 for none."""
        found = _rule(label, self.text(name, default))
        if found is not None:
            return found
        allowed = "requests/seconds such as 300/15, or 0 for no limit"
        usual = Rule(name=label, most=0, window_s=1)
        return self._wrong(name, self.text(name, default), allowed, usual)

    def issuer(self, name: str) -> str:
        """The address in ``QTWIN_<name>`` by which a provider names itself; empty for none."""
        value = self.text(name)
        parts = urlsplit(value)
        near = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if value and not (parts.hostname and (parts.scheme == "https" or near)):
            return self._wrong(name, value, "https://…", "")
        return value

    def bucket(self, name: str) -> str:
        """The place ``s3://BUCKET/PREFIX`` in ``QTWIN_<name>``; empty for none."""
        value = self.text(name)
        parts = urlsplit(value)
        if value and not (parts.scheme == "s3" and parts.hostname and not parts.query):
            return self._wrong(name, value, "s3://BUCKET/PREFIX", "")
        return value

    def server(self, name: str) -> str:
        """The address ``https://…`` or ``http://…`` in ``QTWIN_<name>``; empty for none."""
        value = self.text(name)
        parts = urlsplit(value)
        if value and not (parts.scheme in {"http", "https"} and parts.hostname):
            return self._wrong(name, value, "https://… or http://…", "")
        return value

    def networks(self, name: str, default: str) -> list[str]:
        """Addresses and networks in ``QTWIN_<name>`` between commas."""
        found = self.words(name, default)
        for one in found:
            try:
                ip_network(one)
            except ValueError:
                allowed = "addresses and networks such as 127.0.0.1,10.1.0.0/16"
                return self._wrong(name, ",".join(found), allowed, default.split(","))
        return found

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings for the address in ``QTWIN_<name>``, with its password from a file."""
        value = self.text(name, default)
        password = self._password(name)
        try:
            found = address.database(value)
        except ValueError as error:
            self.mistakes.append(f"{PREFIX}{name}: {error}")
            return address.database(default)
        return found | ({"PASSWORD": password} if password else {})

    def broker(self, name: str, default: str) -> str:
        """The address of the broker in ``QTWIN_<name>``, with its password from a file."""
        value = self.text(name, default)
        password = self._password(name.removesuffix("_URL"))
        try:
            return address.broker(value, password)
        except ValueError as error:
            self.mistakes.append(f"{PREFIX}{name}: {error}")
            return default

    def secrets(self, name: str) -> list[str]:
        """The texts of the files named by ``QTWIN_<name>_FILE``, which a colon separates."""
        paths = [path for path in self.text(f"{name}_FILE").split(os.pathsep) if path]
        if not paths:
            self.mistakes.append(
                f"{PREFIX}{name}_FILE is not set; needed: the path of a file with the secret"
            )
        return [self._read(name, path) for path in paths] or [""]

    def secret(self, name: str, *, needed: bool = True) -> str:
        """The text of the one file named by ``QTWIN_<name>_FILE``; empty if it is not needed."""
        self.text(f"{name}_FILE")
        if not needed:
            return ""
        found = self.secrets(name)
        if len(found) > 1:
            self.mistakes.append(f"{PREFIX}{name}_FILE names {len(found)} files; allowed: one")
        return found[0]

    def keys(self, name: str) -> list[str]:
        """Keys of AES in Base64, from the files named by ``QTWIN_<name>_FILE``."""
        found = self.secrets(name)
        for number, key in enumerate(found, 1):
            if key and not _is_key(key):
                allowed = "32 random bytes in URL-safe Base64"
                self.mistakes.append(
                    f"{PREFIX}{name}_FILE: file {number} of {len(found)} holds no key; "
                    f"allowed: {allowed}"
                )
        return found

    def check(self) -> None:
        """Tell of every mistake, and of names that are nearly those of settings.

        Raises:
            ImproperlyConfigured: One sentence a line.
        """
        for name in sorted(self._variables):
            if name.startswith(PREFIX) and name not in self.asked:
                near = get_close_matches(name, self.asked, n=1, cutoff=ALIKE)
                if near:
                    self.mistakes.append(f"{name} is no setting; did you mean {near[0]}?")
        if self.mistakes:
            raise ImproperlyConfigured("\n".join(self.mistakes))

    def _positive(self, name: str, default: float, allowed: str) -> float:
        value = self.text(name, str(default))
        try:
            found = float(value)
        except ValueError:
            found = 0.0
        return found if 0.0 < found < math.inf else self._wrong(name, value, allowed, default)

    def _wrong(self, name: str, value: str, allowed: str, default: Value) -> Value:
        self.mistakes.append(f"{PREFIX}{name} = {value!r}; allowed: {allowed}")
        return default

    def _password(self, name: str) -> str:
        """Of what has one: the file that ``QTWIN_<name>_PASSWORD_FILE`` names, or nothing."""
        given = bool(self.text(f"{name}_PASSWORD_FILE"))
        return self.secret(f"{name}_PASSWORD", needed=given)

    def _read(self, name: str, path: str) -> str:
        try:
            found = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            self.mistakes.append(f"{PREFIX}{name}_FILE: {reason}: {_shown(path)}")
            return ""
        if not found:
            self.mistakes.append(f"{PREFIX}{name}_FILE: an empty file: {_shown(path)}")
        return found


def _shown(path: str) -> str:
    """A path, unless somebody may have put the secret itself in its place."""
    if Path(path).is_absolute() and Path(*Path(path).parts[:2]).is_dir():
        return path
    return "a path that is not shown, for it may be the secret; allowed: an absolute path"


def _is_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) in CREDENTIAL_KEY_BYTES
    except ValueError:
        return False


def _rule(label: str, text: str) -> Rule | None:
    most, _, window = text.partition("/")
    if text == "0":
        return Rule(name=label, most=0, window_s=1)
    if most.isdecimal() and window.isdecimal() and int(most) * int(window):
        return Rule(name=label, most=int(most), window_s=int(window))
    return None
