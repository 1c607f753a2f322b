"""``qtwin team``: your teams, their members, and inviting somebody."""

from __future__ import annotations

import argparse
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import Group
from qtwin.client.commands.server import client

ROLES = ("owner", "admin", "operator", "viewer")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    group = Group(commands, "team", "your teams")
    group.verb("ls", "list your teams", ls)
    members = group.verb("members", "who is in a team, and as what", list_members)
    members.add_argument("team", metavar="TEAM", help="its name or id")
    invited = group.verb("invite", "ask somebody into a team, and print the link", invite)
    invited.add_argument("team", metavar="TEAM", help="its name or id")
    invited.add_argument("email", metavar="ADDRESS")
    invited.add_argument("--role", choices=ROLES, default="operator", help="operator by default")


def ls(given: argparse.Namespace) -> None:
    out.rows(given, client().teams(), ("id", "name", "role", "may_approve"))


def list_members(given: argparse.Namespace) -> None:
    found = client().team(given.team).members()
    out.rows(given, found, ("id", "name", "email", "role", "may_approve"))


def invite(given: argparse.Namespace) -> None:
    """Print the link alone, so that a program can read it."""
    made = client().team(given.team).invite(given.email, role=given.role)
    out.document(given, made.document, made.link)
    if not given.as_json:
        mailed = "it was mailed too" if made.mailed else "no mail was sent"
        out.hint(f"This is the only time that the link is shown; {mailed}.")
