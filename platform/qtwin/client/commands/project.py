"""``qtwin project``: list, show, create and export projects."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import Group, verb
from qtwin.client.commands.server import client
from qtwin.client.document import read_document, read_json
from qtwin.client.wrong import WrongInput

COLUMNS = ("id", "name", "created_at")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    group = Group(commands, "project", "your projects")
    group.verb("ls", "list your projects", ls)
    shown = group.verb("show", "controls, observables, sources and the twin of a project", show)
    shown.add_argument("project", metavar="PROJECT", help="its name or id")
    created = group.verb("create", "make a project of a system document", create)
    created.add_argument("name", metavar="NAME")
    created.add_argument("--system", required=True, metavar="SYSTEM.json", help="- reads stdin")
    created.add_argument("--description", default="", metavar="TEXT")
    created.add_argument("--team", metavar="ID", help="needed when you are in several")
    created.add_argument(
        "--sources",
        metavar="SOURCES.json",
        help="a list of sources: name, role, backend, method, settings",
    )
    _add_export(group.verb("export", "write a project into one file", export))


def add_export(commands: Any) -> None:
    """``qtwin export`` is the same as ``qtwin project export``."""
    _add_export(verb(commands, "export", "write a project into one file, an RO-Crate", export))


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="its name or id")
    parser.add_argument("file", metavar="FILE.zip")
    parser.add_argument("--licence", default="", metavar="NAME", help="of the data, as in SPDX")


def ls(given: argparse.Namespace) -> None:
    out.rows(given, client().projects(), COLUMNS)


def show(given: argparse.Namespace) -> None:
    """The project, its sources and its twin."""
    project = client().project(given.project)
    sources = list(project.sources())
    twin = project.twin().status()
    if given.as_json:
        more = {"sources": [dict(row.document) for row in sources], "twin": dict(twin.document)}
        out.document(given, {**project.row.document, **more}, "")
        return
    out.one(given, project.row, ("id", "name", "description", "team", "created_at"))
    for control in project.row.controls:
        where = f"{control.lower:g} to {control.upper:g} {control.unit}"
        out.line(out.text(f"control     {control.name}, {where}"))
    for observable in project.row.observables:
        out.line(out.text(f"observable  {observable.name}, {observable.unit}"))
    version = f"version {twin.version.number}" if twin.version else "none yet"
    out.line(f"twin        {version}, {twin.evidence} measurements")
    out.table(
        ("source", "role", "method", "backend"),
        [(row.name, row.role, row.method, row.backend) for row in sources],
    )


def create(given: argparse.Namespace) -> None:
    """Make the project, then its sources.

    Raises:
        WrongInput: A file is wrong.
    """
    sources = _sources(given.sources) if given.sources else []
    project = client().create_project(
        given.name,
        system=read_document(given.system),
        description=given.description,
        team=given.team,
    )
    for source in sources:
        project.create_source(**source)
    out.document(given, project.row.document, f"{project.id}")


def _sources(name: str) -> list[dict[str, Any]]:
    allowed = {"name", "label", "role", "backend", "method", "settings"}
    needed = {"name", "role", "backend", "method"}
    found = read_json(name, field="--sources")
    if not isinstance(found, list):
        raise WrongInput(f"{name} holds no list of sources", field="--sources")
    for at, source in enumerate(found):
        if not isinstance(source, dict) or not needed <= set(source) <= allowed:
            said = ", ".join(source) if isinstance(source, dict) else repr(source)
            raise WrongInput(
                f"{name}: /{at}: {said}; needed: {', '.join(sorted(needed))}; "
                f"allowed too: {', '.join(sorted(allowed - needed))}",
                field="--sources",
            )
    return found


def export(given: argparse.Namespace) -> None:
    """Write the archive, unless there is such a file already."""
    path = Path(given.file)
    if path.exists():
        raise WrongInput(f"{path} is there already; allowed: a new file", field="FILE.zip")
    project = client().project(given.project)
    try:
        project.export(path, licence=given.licence)
    except OSError as error:
        raise WrongInput(f"{path}: {error.strerror}", field="FILE.zip") from error
    size = path.stat().st_size
    out.document(given, {"file": str(path), "bytes": size}, f"{path}: {size} bytes")
