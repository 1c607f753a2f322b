"""Projects as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qtwin.client.rows.dataset import ImportRow
from qtwin.client.rows.project import ProjectRow
from qtwin.client.wire.ask import ask, fetch
from qtwin.client.wire.errors import Problem
from qtwin.client.wire.flow import Flow, Request, made
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait


def archive_send(
    archive: str | Path | bytes, *, team: str | None, timeout: float | None
) -> Flow[ProjectRow]:
    """Send an archive and wait until it is a project.

    Raises:
        Problem: The archive is refused.
    """
    content = archive if isinstance(archive, bytes) else Path(archive).read_bytes()
    request = made(at("projects") + ":import", content)
    headers = {**request.headers, "Content-Type": "application/zip"}
    request = replace(request, query={"team": team}, headers=headers)
    sent = ImportRow.read((yield from ask(request)))
    row = yield from wait(
        at("imports", sent.id),
        ImportRow.read,
        lambda row: row.ended,
        what=f"import {sent.id}",
        timeout=timeout,
    )
    if row.project is None:
        error = row.document.get("error") or {}
        detail = error.get("detail", "the archive could not be read")
        raise Problem(400, {"title": "Import failed", "detail": detail, "errors": [error]})
    return ProjectRow.read((yield from ask(Request(path=at("projects", row.project)))))


def archive_fetch(project_id: str, path: str | Path, *, licence: str) -> Flow[Path]:
    """Write a project's archive to a file."""
    request = Request(
        path=at("projects", project_id, "export"),
        query={"licence": licence or None},
        headers={"Accept": "application/zip, application/json"},
    )
    answer = yield from fetch(request)
    target = Path(path)
    draft = target.with_name(f"{target.name}.part")
    draft.write_bytes(answer.content)
    return draft.replace(target)
