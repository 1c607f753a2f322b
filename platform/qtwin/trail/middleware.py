"""Writes the row between the view and the answer: without its row nothing is answered."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from qtwin.accounts.acting import acting
from qtwin.accounts.models import Team
from qtwin.accounts.services import audit_record
from qtwin.accounts.services.audit import AGENT_CALL
from qtwin.trail.agent import is_agents, said_by, token_of
from qtwin.trail.place import place_of

LONGEST_PATH = 200


def keep_trail(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a row for each request of an agent's token, and for each that a tool sends."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if is_agents(request):
            call_record(request, response)
        return response

    return answer


def call_record(request: HttpRequest, response: HttpResponseBase) -> None:
    """Append what was asked, by which tool, of which project, and what came of it."""
    token, said = token_of(request), said_by(request)
    assert token is not None
    user, match = acting(token.user, token), request.resolver_match
    place = place_of(user, match.kwargs if match else {})
    facts = {
        "tool": said.tool,
        "method": request.method,
        "path": request.path[:LONGEST_PATH],
        "status": response.status_code,
        "outcome": _outcome(response.status_code, said.refused),
        "project": place.project,
        "made": response.headers.get("Location", ""),
    }
    known = {name: value for name, value in facts.items() if value != ""}
    teams: list[Team | None] = [*place.teams]
    for team in teams or [None]:
        audit_record(action=AGENT_CALL, user=user, team=team, target=place.target, **known)


def _outcome(status: int, refused: str) -> str:
    if refused:
        return f"refused by the agent's program: {refused}"
    if status >= 500:
        return "failed"
    return "refused" if status >= 400 else "answered"
