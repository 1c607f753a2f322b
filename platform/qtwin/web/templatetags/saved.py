"""Saved filters on any list, by one line of its template."""

from __future__ import annotations

from typing import Any

from django import template

from qtwin.accounts.selectors import teams_visible_to
from qtwin.saved.selectors import MOST_SHOWN, filters_deletable_by, filters_visible_to
from qtwin.saved.services import query_kept

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_filters(context: dict[str, Any], filtered: str) -> dict[str, Any]:
    """Those of the page, and what may be saved.

    Args:
        filtered: The page's own query as it understood it; empty for all rows.
    """
    user, path = context["request"].user, context["request"].path
    here = query_kept(filtered)
    rows = list(filters_visible_to(user).filter(path=path)[:MOST_SHOWN])
    ids = [row.pk for row in rows]
    deletable = set(filters_deletable_by(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        "rows": rows,
        "here": here,
        "path": path,
        "known": any(row.query == here for row in rows),
        "deletable": [row for row in rows if row.pk in deletable],
        "teams": teams_visible_to(user) if here else [],
    }
