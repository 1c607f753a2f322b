"""``qtwin import``: published and lab data, and whole projects."""

from __future__ import annotations

import argparse
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import verb
from qtwin.client.commands.server import add_project, client, project
from qtwin.client.document import read_document
from qtwin.client.wrong import WrongInput

ROLES = ("reference", "approximation", "device")


def add(commands: Any) -> None:
    """Add the command to a parser."""
    about = "take in published or lab data with their citation, or a project's archive"
    parser = verb(commands, "import", about, run)
    parser.add_argument("file", metavar="DATA.csv", help="or the archive of a project")
    add_project(parser)
    parser.add_argument("--citation", metavar="TEXT", help="where it was published, or by whom")
    parser.add_argument("--source", metavar="NAME", help="what measured all rows")
    parser.add_argument("--role", choices=ROLES, default="device", help="of that source (device)")
    parser.add_argument(
        "--sources",
        metavar="SOURCES.json",
        help="by name, where the file has a column source: role, knobs, mixed_value",
    )
    parser.add_argument("--name", metavar="TEXT", help="of the data; the file's by default")
    parser.add_argument("--licence", default="", metavar="NAME", help="of the data, as in SPDX")
    parser.add_argument("--observable", default="", metavar="NAME")
    parser.add_argument("--measured-at", type=_moment, metavar="TIME", help="with its zone")
    parser.add_argument("--team", metavar="ID", help="of an archive: whose project it becomes")


def run(given: argparse.Namespace) -> None:
    """Import, and say what came in.

    Raises:
        WrongInput: A file or an argument is wrong.
        Problem: The server refuses the data.
    """
    path = Path(given.file)
    if not path.is_file():
        raise WrongInput(f"{path}: no such file", field="DATA.csv")
    if zipfile.is_zipfile(path):
        made = client().import_project(path, team=given.team)
        out.document(given, made.row.document, out.text(f"{made.id} {made.name}"))
        return
    text = _text(path)
    _check(given, text)
    row = project(given).import_data(
        text,
        name=given.name or path.name,
        citation=given.citation,
        licence=given.licence,
        source=given.source,
        role=given.role,
        sources=_sources(given.sources),
        observable=given.observable,
        measured_at=given.measured_at,
    )
    for warning in row.warnings:
        out.hint(out.text(f"qtwin: {warning}"))
    count = f"{row.measurements} measurements of {', '.join(row.sources)}"
    out.document(given, row.document, f"{row.id} {count}")


def _check(given: argparse.Namespace, text: str) -> None:
    if not given.citation:
        raise WrongInput("needed: where the numbers come from", field="--citation")
    if bool(given.source) == bool(given.sources):
        raise WrongInput("needed: either --source or --sources", field="--source")
    head = next(iter(text.splitlines()), "")
    if given.source and "source" in [cell.strip(' "') for cell in head.split(",")]:
        raise WrongInput("the file has a column source; allowed: --sources", field="--source")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongInput(f"{path}: {reason}", field="DATA.csv") from error


def _sources(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    found = read_document(name, field="--sources")
    if not all(isinstance(one, dict) for one in found.values()):
        raise WrongInput(f"{name}; allowed: an object by source", field="--sources")
    return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: such as 2026-03-01T12:00:00Z")
    return moment
