"""``qtwin token``: list, create and revoke your tokens."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import Group
from qtwin.client.commands.server import client

COLUMNS = ("id", "name", "prefix", "scopes", "agent", "projects", "expires_at", "last_used_at")
SCOPES = ("read", "submit", "spend", "admin")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    group = Group(commands, "token", "your tokens")
    group.verb("ls", "list your tokens", ls)
    made = group.verb("create", "make a token and print it, once", create)
    made.add_argument("name", metavar="NAME", help="what it is for")
    made.add_argument(
        "--scope", action="append", required=True, choices=SCOPES, help="once for each"
    )
    made.add_argument("--expires", type=_later, metavar="TIME", help="30d, 12h, or a date")
    made.add_argument(
        "--project", action="append", metavar="PROJECT", help="reach only this one; once for each"
    )
    made.add_argument("--budget", type=float, metavar="USD", help="that may be spent with it")
    made.add_argument("--budget-per-day", type=float, metavar="USD", help="the same per UTC day")
    made.add_argument("--agent", action="store_true", help="for a program that decides itself")
    revoked = group.verb("revoke", "end a token", revoke)
    revoked.add_argument("token", metavar="ID")


def ls(given: argparse.Namespace) -> None:
    out.rows(given, client().tokens(), COLUMNS)


def create(given: argparse.Namespace) -> None:
    """Print the token's text alone, so that a program can read it."""
    found = client()
    made = found.create_token(
        given.name,
        scopes=given.scope,
        expires_at=given.expires,
        projects=[found.project(name).id for name in given.project or ()] or None,
        budget=given.budget,
        budget_per_day=given.budget_per_day,
        agent=given.agent,
    )
    out.document(given, made.document, made.token)
    if not given.as_json:
        out.hint(f"This is the only time that it is shown. Its id is {made.id}.")


def revoke(given: argparse.Namespace) -> None:
    client().revoke_token(given.token)
    out.document(given, {"revoked": given.token}, f"{given.token} is revoked")


def _later(text: str) -> datetime:
    """A time to come: in so many days or hours, or a date."""
    found = re.fullmatch(r"(\d{1,5})([dh])", text)
    if found:
        count = int(found[1])
        return datetime.now(UTC) + timedelta(**{"days" if found[2] == "d" else "hours": count})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 30d, 12h, or 2027-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
