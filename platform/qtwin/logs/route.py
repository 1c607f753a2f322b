"""Notes which route answered a request: its pattern, which holds no id and no secret."""

from __future__ import annotations

from django.http import HttpRequest

from qtwin.noting import noting

ROUTE = "qtwin.route"
"""Where in the scope it is."""


def _note(request: HttpRequest) -> None:
    scope, match = getattr(request, "scope", None), request.resolver_match
    if scope is not None and match is not None:
        scope[ROUTE] = f"/{match.route}"


note_route = noting(_note)
"""Middleware: for whoever stands before the application."""
