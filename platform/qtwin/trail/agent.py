"""Whether a request is an agent's, and what it says of the tool that it is sent for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from qtwin.accounts.api.authentication import SHOWN
from qtwin.accounts.models import ApiToken

HEADER = "QTwin-Agent"
FORM = re.compile(r"(?P<tool>[a-z][a-z0-9_.-]*/[a-z0-9_.-]+)(; refused=(?P<refused>[a-z_]+))?")
LONGEST = 80
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the header ``QTwin-Agent: mcp/submit_job; refused=digest`` says.

    Attributes:
        tool: Program and tool; empty where there is no header.
        refused: Why the program itself refused the call, so that only this request tells of it.
    """

    tool: str = ""
    refused: str = ""


def said_by(request: HttpRequest) -> Said:
    """The header, as far as it has the form of one."""
    text = request.headers.get(HEADER)
    if text is None:
        return Said()
    found = FORM.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return Said(tool=UNREADABLE)
    return Said(tool=found["tool"], refused=found["refused"] or "")


def token_of(request: HttpRequest) -> ApiToken | None:
    """The good token that the request carries, also where its scopes were not enough."""
    token = getattr(request, SHOWN, None)
    return token if isinstance(token, ApiToken) else None


def is_agents(request: HttpRequest) -> bool:
    """Whether it carries an agent's token, or any token and the header."""
    token = token_of(request)
    if token is None:
        return False
    return token.agent or HEADER in request.headers
