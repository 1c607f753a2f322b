"""Server-sent events from the append-only table, with replay by ``Last-Event-ID``."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from qtwin.jobs.states import SHOWN, State
from qtwin.projects.selectors import projects_visible_to
from qtwin.web.feed import Row, events_after, feed, latest_event_id

HEARTBEAT_S = 15.0
STREAM_S = 300.0
"""A stream ends after this long; the browser comes back, and its permission is looked at again."""
RETRY_MS = 2000


async def project_events(request: HttpRequest, project_id: UUID) -> HttpResponseBase:
    """Events of one project."""
    user = await request.auser()
    if not user.is_authenticated:
        return _refusal(401, "sign in first")
    if not await projects_visible_to(user).filter(pk=project_id).aexists():
        return _refusal(404, "no such project")
    return await _stream(request, [project_id])


async def all_events(request: HttpRequest) -> HttpResponseBase:
    """Events of every project that the user sees."""
    user = await request.auser()
    if not user.is_authenticated:
        return _refusal(401, "sign in first")
    visible = projects_visible_to(user).values_list("pk", flat=True)
    return await _stream(request, [pk async for pk in visible])


def _refusal(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")


async def _stream(request: HttpRequest, projects: Collection[UUID]) -> StreamingHttpResponse:
    after = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 19 else await latest_event_id()
    response = StreamingHttpResponse(_lines(start, projects), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _lines(start: int, projects: Collection[UUID]) -> AsyncIterator[bytes]:
    yield f"retry: {RETRY_MS}\n\n".encode()
    end = time.monotonic() + STREAM_S
    async with feed().listen(projects) as queue:
        missed = await events_after(start, projects)
        for row in missed:
            yield _encode(row)
        sent = {row["id"] for row in missed}
        while time.monotonic() < end:
            try:
                row_or_none = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if row_or_none is None:
                return
            if row_or_none["id"] not in sent:
                yield _encode(row_or_none)


def _encode(row: Row) -> bytes:
    document = {
        "id": row["id"],
        "project": str(row["project_id"]),
        "job": str(row["job_id"]) if row["job_id"] else None,
        "from": _shown(row["from_state"]),
        "to": _shown(row["to_state"]),
        "data": row["data"],
        "created_at": row["created_at"].isoformat(),
    }
    return f"id: {row['id']}\nevent: {row['kind']}\ndata: {json.dumps(document)}\n\n".encode()


def _shown(state: str) -> str | None:
    return SHOWN[State(state)] if state else None
