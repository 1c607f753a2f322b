"""Pages that ask first whether it is still you."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from qtwin.accounts.confirmation import confirmed

View = Callable[..., HttpResponse]


def confirmed_only(view: View) -> View:
    """Sends whoever has not confirmed of late to do so, and back: to the account after a POST."""

    @wraps(view)
    @login_required
    def asked(request: HttpRequest, *args: Any, **names: Any) -> HttpResponse:
        if confirmed(request.session):
            return view(request, *args, **names)
        return ask_to_confirm(request)

    return asked


def ask_to_confirm(request: HttpRequest) -> HttpResponse:
    """The way there."""
    back = request.get_full_path() if request.method == "GET" else reverse("web:account")
    return redirect(f"{reverse('web:confirm')}?{urlencode({'next': back})}")
