"""``qtwin campaign``: start, list, show, watch and steer campaigns."""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import Group
from qtwin.client.commands.server import add_project, client, project
from qtwin.client.document import read_document
from qtwin.client.rows.campaign import CampaignRow
from qtwin.client.wire.errors import JobFailed
from qtwin.client.wrong import WrongInput

LIST = ("id", "name", "state", "reason", "created_at")
STATES = ("running", "paused", "done", "failed", "cancelled")
KINDS = ("sweep", "loop", "steps")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    group = Group(commands, "campaign", "many jobs by a plan: docs/campaigns.md")
    started = group.verb("start", "start a campaign of a plan", start)
    add_project(started)
    started.add_argument("plan", metavar="PLAN.json", help="name, and sweep, loop or steps")
    started.add_argument("--key", metavar="TEXT", help="the same key and plan is one campaign")
    started.add_argument("--watch", action="store_true", help="wait for it")
    started.add_argument("--timeout", type=float, metavar="S", help="wait no longer; it goes on")
    listed = group.verb("ls", "list campaigns, newest first", ls)
    add_project(listed)
    listed.add_argument("--state", choices=STATES)
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="the newest N (50)")
    watched = group.verb("watch", "wait until a campaign has ended or is paused", watch)
    watched.add_argument("campaign", metavar="ID")
    watched.add_argument("--timeout", type=float, metavar="S", help="wait no longer; it goes on")
    for name, about in (
        ("show", "one campaign with its steps"),
        ("pause", "make no more jobs"),
        ("resume", "go on"),
        ("cancel", "end it and its jobs"),
        ("retry", "try again what has no answer"),
    ):
        parser = group.verb(name, about, act)
        parser.add_argument("campaign", metavar="ID")
        parser.set_defaults(action=name)


def start(given: argparse.Namespace) -> None:
    """Start it, and print its id.

    Raises:
        WrongInput: The file holds no plan.
        Problem: The server refuses the plan.
    """
    plan = read_plan(given.plan)
    name = plan.pop("name")
    made = project(given).start_campaign(name, key=given.key, **plan)
    if given.watch:
        out.hint(made.id)
        _ended(given, made.wait(timeout=given.timeout, progress=True))
    else:
        out.document(given, made.row.document, made.id)


def read_plan(path: str) -> dict[str, Any]:
    """A campaign of a file: its name, and its sweep, loop or steps.

    Raises:
        WrongInput: The file holds none.
    """
    plan = read_document(path, field="PLAN.json")
    kinds = set(plan) - {"name"}
    if "name" not in plan or not kinds <= set(KINDS):
        raise WrongInput(f"{', '.join(plan)}; allowed: name, {', '.join(KINDS)}", field="PLAN.json")
    return plan


def ls(given: argparse.Namespace) -> None:
    """The newest campaigns of one project, or of all."""
    campaigns = project(given).campaigns if given.project else client().campaigns
    out.rows(given, islice(campaigns(state=given.state), max(given.limit, 0)), LIST)


def watch(given: argparse.Namespace) -> None:
    campaign = client().campaign(given.campaign)
    _ended(given, campaign.wait(timeout=given.timeout, progress=True))


def act(given: argparse.Namespace) -> None:
    """Show, or do what the action says, and show what came of it."""
    campaign = client().campaign(given.campaign)
    if given.action != "show":
        getattr(campaign, given.action)()
        campaign.status()
    _show(given, campaign.row)


def _show(given: argparse.Namespace, row: CampaignRow) -> None:
    out.one(given, row, (*LIST[:4], "progress", "created_at", "finished_at"))
    if row.steps and not given.as_json:
        head = ("step", "kind", "state", "measured", "points", "sigma", "spent")
        out.table(
            head,
            [
                (s.name, s.kind, s.state, s.points_measured, s.points_total, s.sigma, s.spent)
                for s in row.steps
            ],
        )


def _ended(given: argparse.Namespace, row: CampaignRow) -> None:
    _show(given, row)
    given.printed = True
    if row.state != "done":
        raise JobFailed(f"campaign {row.name} {row.state}: {row.reason}", row)
