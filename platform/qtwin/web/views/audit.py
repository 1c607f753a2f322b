"""The audit trail of a team, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from qtwin.accounts.models import AuditEvent
from qtwin.accounts.selectors import (
    about_action,
    audit_actions,
    audit_of,
    members_of,
    teams_managed_by,
)
from qtwin.web.typed import typed_uuid

PAGE = 50
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What the address asks for; what is not understood is ignored."""

    action: str
    user: str
    since: str
    until: str

    @classmethod
    def of(cls, query: QueryDict) -> AuditFilter:
        dates = {
            name: query.get(name, "") if _date(query.get(name, "")) else ""
            for name in ("since", "until")
        }
        user = typed_uuid(query.get("user", ""))
        return cls(action=query.get("action", "")[:60], user=str(user or ""), **dates)

    def apply(self, rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        if self.action:
            rows = rows.filter(about_action(self.action))
        if self.user:
            rows = rows.filter(user_id=UUID(self.user))
        if self.since:
            rows = rows.filter(created_at__date__gte=self.since)
        if self.until:
            rows = rows.filter(created_at__date__lte=self.until)
        return rows

    @property
    def query(self) -> str:
        values = {name: getattr(self, name) for name in ("action", "user", "since", "until")}
        return urlencode({name: value for name, value in values.items() if value})


@login_required
@require_safe
def audit_page(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """For owners and admins."""
    user: Any = request.user
    team = get_object_or_404(teams_managed_by(user), pk=team_id)
    wanted = AuditFilter.of(request.GET)
    rows = wanted.apply(audit_of(team)).order_by("-pk").filter(pk__lt=_after(request))
    page = list(rows[: PAGE + 1])
    context = {
        "team": team,
        "filter": wanted,
        "actions": audit_actions(team),
        "members": members_of(team),
        "rows": page[:PAGE],
        "following": page[PAGE - 1].pk if len(page) > PAGE else None,
    }
    return render(request, "teams/audit.html", context)


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 19 else NEWEST


def _date(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False
