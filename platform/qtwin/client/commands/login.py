"""``qtwin login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import verb
from qtwin.client.commands.server import client
from qtwin.client.remote.session import Client
from qtwin.client.rows.account import Me
from qtwin.client.wire import address
from qtwin.client.wire.address import Access
from qtwin.client.wrong import WrongInput


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    about = "keep the address of a server and a token; both are asked for, or read from stdin"
    parser = verb(commands, "login", about, login)
    parser.add_argument("url", nargs="?", metavar="URL", help="such as https://qtwin.example.org")
    parser.add_argument(
        "--plain-http", action="store_true", help="send the token where others can read it"
    )
    verb(commands, "logout", "forget the address and the token", logout)
    verb(commands, "whoami", "who the token belongs to", whoami)


def login(given: argparse.Namespace) -> None:
    """Verify and keep. A token is never an argument, which other users of a machine can see.

    Raises:
        WrongInput: The address or the token is missing, or the way there is open to others.
        NotSignedIn: The server does not know the token.
    """
    url, token = _asked(given)
    if not url or not token:
        raise WrongInput("nothing; allowed: an address, then a token, a line each", field="stdin")
    access = Access(url=address.checked(url), token=token)
    if not access.is_private and not given.plain_http:
        raise WrongInput(
            f"{access.url} is not encrypted; allowed: https, this machine, or --plain-http",
            field="URL",
        )
    with Client(access.url, access.token) as found:
        me = found.me()
    path = address.keep(address.find(access.url, access.token))
    body = {**me.document, "url": access.url, "file": str(path)}
    out.document(given, body, f"{_name(me)} at {access.url}; kept in {path}")


def logout(given: argparse.Namespace) -> None:
    """Forget what was kept; the token itself stays valid."""
    forgotten = address.forget()
    said = "Signed out. The token stays valid: qtwin token revoke ends one."
    out.document(given, {"forgotten": forgotten}, said if forgotten else "You were not signed in.")


def whoami(given: argparse.Namespace) -> None:
    """Print name and teams."""
    found = client()
    me = found.me()
    teams = [f"{team.name}: {team.role}, team {team.id}" for team in me.teams]
    sentence = "\n".join([f"{_name(me)} at {found.url}", *teams])
    out.document(given, {**me.document, "url": found.url}, out.text(sentence))


def _asked(given: argparse.Namespace) -> tuple[str, str]:
    known = given.url or os.environ.get(address.URL, "")
    if not sys.stdin.isatty():
        lines = [line.strip() for line in sys.stdin.read().splitlines() if line.strip()]
        return (known, lines[-1] if lines else "") if known else _two(lines)
    url = known or input("Address of the server: ").strip()
    return url, getpass.getpass("Token (not shown): ").strip()


def _two(lines: list[str]) -> tuple[str, str]:
    return (lines[0], lines[1]) if len(lines) > 1 else ("", "")


def _name(me: Me) -> str:
    return f"{me.name} <{me.email}>" if me.name else me.email
