"""Which server, and with which token: as given, from the environment, or from `qtwin login`."""

from __future__ import annotations

import json
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from qtwin.client.wire.errors import NotSignedIn

URL, TOKEN = "QTWIN_URL", "QTWIN_TOKEN"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An address and a token; printing it shows no token."""

    url: str
    token: str = field(repr=False)

    @property
    def is_local(self) -> bool:
        return urlsplit(self.url).hostname in LOCAL

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read the token."""
        return self.is_local or urlsplit(self.url).scheme == "https"


def find(url: str | None = None, token: str | None = None) -> Access:
    """What is given, else what the environment says, else what `qtwin login` kept.

    A token that was kept belongs to the address that it was kept with, and is sent nowhere else.

    Raises:
        NotSignedIn: One of the two is missing or wrong.
    """
    url = url or os.environ.get(URL)
    token = token or os.environ.get(TOKEN)
    if not (url and token) and (kept := read_kept()):
        if token is None and url in (None, kept.url, f"{kept.url}/"):
            return kept
        url = url or kept.url
    if not url or not token:
        missing = f"no token for {url}" if url else "no address of a server"
        raise NotSignedIn(f"{missing}; allowed: qtwin login, {URL} and {TOKEN}, or arguments")
    return Access(url=checked(url), token=_header(token))


def checked(url: str) -> str:
    """The address without a slash at its end.

    Raises:
        NotSignedIn: It is none.
    """
    try:
        parts = urlsplit(url.strip())
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment or parts.username:
        raise NotSignedIn(f"{url!r} is no address; allowed: such as https://qtwin.example.org")
    return url.strip().rstrip("/")


def _header(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token.strip():
        raise NotSignedIn("the token holds characters that no token has")
    return token.strip()


def folder() -> Path:
    """The user's folder of settings for QTwin."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "qtwin"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "qtwin"


def kept_file() -> Path:
    return folder() / "login.json"


def read_kept() -> Access | None:
    """What `qtwin login` kept, None where there is nothing.

    Raises:
        NotSignedIn: The file is readable by others, or is no such file.
    """
    path = kept_file()
    try:
        if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NotSignedIn(f"others can read {path}; chmod 600 it, or sign in again")
        document = json.loads(path.read_text(encoding="utf-8"))
        return Access(url=checked(document["url"]), token=_header(document["token"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotSignedIn(f"{path} cannot be read ({error}); sign in again") from error


def keep(access: Access) -> Path:
    """Write the file anew, readable by its owner alone; never half."""
    path = kept_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"url": access.url, "token": access.token}, file)
    draft.replace(path)
    return path


def forget() -> bool:
    """Remove the file; whether there was one."""
    try:
        kept_file().unlink()
    except FileNotFoundError:
        return False
    return True
