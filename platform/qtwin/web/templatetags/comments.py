"""Comments and notes on any page, by one line of its template."""

from __future__ import annotations

from typing import Any

from django import template

from qtwin.comments.selectors import mentions_unread
from qtwin.web.comments import Thread, thread

register = template.Library()


@register.simple_tag(takes_context=True)
def comment_thread(context: dict[str, Any], about: Any = None) -> Thread | None:
    """Comments about a thing; without one, about the page's measurement, job or project."""
    places = (about, *(context.get(name) for name in ("measurement", "job", "project")))
    thing = next((one for one in places if one), None)
    return None if thing is None else thread(context["request"].user, thing)


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> int:
    """How many mentions the viewer has not read."""
    return mentions_unread(context["request"].user)
