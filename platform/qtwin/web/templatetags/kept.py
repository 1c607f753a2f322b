"""Parts of pages that say what never changes, written once in each process."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from qtwin.web.kept import Kept

MOST = 64
_WRITTEN: Kept[SafeString] = Kept(MOST)

register = template.Library()


@register.simple_tag(takes_context=True)
def kept(context: template.Context, name: str, key: Hashable, *more: Hashable) -> SafeString:
    """A template, included as it was written for the same key; anew where there is no key.

    Args:
        name: Of the template.
        key: What decides all that it says, but for what is named beside it.
        more: That.
    """
    found: Any = context.template.engine.get_template(name)  # type: ignore[union-attr]
    if not key:
        return SafeString(found.render(context))
    return _WRITTEN.get((name, key, *more), lambda: SafeString(found.render(context)))
