"""Signing other browsers out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from qtwin.accounts.services import session_end, sessions_end


@login_required
@require_POST
def session_end_action(request: HttpRequest, session_id: UUID) -> HttpResponse:
    user: Any = request.user
    if not session_end(user=user, session_id=session_id):
        raise Http404
    return redirect("/account?done=session")


@login_required
@require_POST
def sessions_end_action(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    sessions_end(user=user, keep=request.session.session_key)
    return redirect("/account?done=sessions")
