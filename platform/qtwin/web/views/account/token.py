"""One's API tokens: made, shown once, given a budget, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qtwin.accounts.models import Scope, User
from qtwin.accounts.selectors import tokens_of
from qtwin.accounts.services import token_revoke
from qtwin.accounts.services.token import TokenRefused
from qtwin.projects.refusal import MICRO
from qtwin.projects.selectors import projects_visible_to
from qtwin.projects.services import token_budget_set, token_issue
from qtwin.projects.tokens import tokens_shown
from qtwin.web.entrance.confirmed import confirmed_only
from qtwin.web.typed import typed_uuid

LASTS_DAYS = (7, 30, 90, 365)
LONGEST_NAME = 120
MOST_USD = 10**9
WORDS = {
    Scope.READ: "read",
    Scope.SUBMIT: "submit jobs and change things",
    Scope.SPEND: "spend money",
    Scope.ADMIN: "everything that you may",
}


class NotTyped(ValueError):
    """A field says nothing that can be used; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenForm:
    """What was typed; shown again where it was wrong."""

    typed: QueryDict

    def wish(self, user: User) -> dict[str, Any]:
        """The token that it asks for.

        Raises:
            NotTyped: A field is wrong.
        """
        name, days = self.typed.get("name", "").strip(), self.typed.get("days", "")
        if not 0 < len(name) <= LONGEST_NAME:
            raise NotTyped(f"A token’s name has 1 to {LONGEST_NAME} characters.")
        if days not in map(str, LASTS_DAYS):
            raise NotTyped(f"Valid for: allowed: {', '.join(map(str, LASTS_DAYS))} days.")
        scopes = self.typed.getlist("scopes")
        if not scopes:
            raise NotTyped("Choose at least one thing that it may do.")
        ids = [typed_uuid(text) for text in self.typed.getlist("projects")]
        bound = list(projects_visible_to(user).filter(pk__in=[pk for pk in ids if pk]))
        return {
            "name": name,
            "scopes": scopes,
            "expires_at": timezone.now() + timedelta(days=int(days)),
            "agent": "agent" in self.typed,
            "projects": bound if ids else None,
            "budget": usd(self.typed.get("budget", "")),
            "budget_per_day": usd(self.typed.get("budget_per_day", "")),
        }


@login_required
@never_cache
@require_safe
def tokens_page(request: HttpRequest) -> HttpResponse:
    return _show(request)


@confirmed_only
@never_cache
@require_http_methods(["GET", "POST"])
def token_create(request: HttpRequest) -> HttpResponse:
    """The form, and what it makes; this page is the only one that shows the token."""
    if request.method == "GET":
        return _form(request)
    user: Any = request.user
    try:
        token, text = token_issue(user=user, **TokenForm(typed=request.POST).wish(user))
    except NotTyped as wrong:
        return _form(request, error=str(wrong))
    except TokenRefused as refused:
        return _form(request, error=f"{refused.field}: {refused}.")
    return _show(request, new={"name": token.name, "text": text})


@confirmed_only
@require_POST
def token_budget(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Set what may be spent with it in all."""
    user: Any = request.user
    token = get_object_or_404(tokens_of(user), pk=token_id)
    try:
        limit = usd(request.POST.get("budget", ""))
    except NotTyped as wrong:
        return _show(request, error=str(wrong), status=400)
    token_budget_set(token=token, by=user, budget=limit)
    return redirect("web:tokens")


@login_required
@require_POST
def token_end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    user: Any = request.user
    token_revoke(token=get_object_or_404(tokens_of(user), pk=token_id), by=user)
    return redirect("web:tokens")


def usd(text: str) -> int | None:
    """Micro-USD of an amount that was typed; None for none."""
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise NotTyped(f"“{text[:20]}” is no amount of USD.") from None
    if not amount.is_finite() or not 0 <= amount <= MOST_USD:
        raise NotTyped(f"{text[:20]} USD; allowed: from 0 to {MOST_USD}.")
    return int(amount * MICRO)


def _show(
    request: HttpRequest, *, new: dict[str, str] | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    user: Any = request.user
    tokens = tokens_shown(user)
    context = {
        "tokens": tokens,
        "has_budgets": any(row.budget for row in tokens),
        "new": new,
        "error": error,
        "now": timezone.now(),
    }
    return render(request, "account/tokens.html", context, status=status)


def _form(request: HttpRequest, *, error: str = "") -> HttpResponse:
    user: Any = request.user
    typed = request.POST
    context = {
        "error": error,
        "typed": typed,
        "scopes": [(scope.value, word) for scope, word in WORDS.items()],
        "chosen": typed.getlist("scopes") or ["read"],
        "projects": projects_visible_to(user).order_by("name"),
        "bound": typed.getlist("projects"),
        "lasts": LASTS_DAYS,
        "days": typed.get("days", "90"),
    }
    return render(request, "account/new_token.html", context, status=400 if error else 200)
