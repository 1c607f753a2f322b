"""Small pieces that every page uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qtwin.projects.models import Unit
from qtwin.projects.refusal import MICRO, amount_text
from qtwin.web import durations, headline, numbers, palette
from qtwin.web.worlds import learners

register = template.Library()
SHAPES = 256
"""Icons and states that are kept as text; the templates know fewer."""

register.filter("symbol", headline.symbol)
register.filter("significant", numbers.significant)
register.filter("grouped", numbers.grouped)
register.filter("learner", learners.learner_name)
register.filter("duration", numbers.duration)
register.filter("duration", durations.duration)
register.simple_tag(durations.between, name="between")


@register.filter
def words(name: str) -> str:
    """A name as words: ``noise_gain`` is noise gain."""
    return name.replace("_", " ")


@register.filter
def plainly(value: object) -> str:
    """A value of a JSON document as words: yes and no, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(plainly, value))
    return str(value)


@register.filter
def get(values: Mapping[str, str], name: str) -> str:
    """The entry of a name that is no identifier; empty for none."""
    return values.get(name, "")


@register.simple_tag
def money(micro: int) -> str:
    """Micro-USD for people."""
    return amount_text(micro, Unit.MONEY)


@register.simple_tag
def dollars(micro: int) -> str:
    """Micro-USD as one types it into a field."""
    return f"{Decimal(micro) / MICRO:f}"


@register.simple_tag
def over(unit: str) -> str:
    """The end of a heading that names a unit; empty for a pure number."""
    short = headline.symbol(unit)
    return f" / {short}" if short else ""


@register.simple_tag
@lru_cache(maxsize=SHAPES)
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon of the sprite; the text beside it carries the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        extra,
        static("qtwin/icons.svg"),
        name,
    )


@register.simple_tag
def palette_pages() -> list[palette.Page]:
    """Pages that the palette and the keyboard lead to."""
    return palette.pages()


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], view: str, label: str, within: str = "") -> SafeString:
    """A link of the main menu, marked on its own page and on those ``within`` it, by view name."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and match.url_name in {view.partition(":")[2], *within.split()}
    shape = '<a href="{}" aria-current="page">{}</a>' if here else '<a href="{}">{}</a>'
    return format_html(shape, reverse(view), label)


@register.simple_tag
@lru_cache(maxsize=SHAPES)
def status(state: str) -> SafeString:
    """A job's shown state: icon and word."""
    return format_html(
        '<span class="status status-{}">{}{}</span>', state, icon(state), state.capitalize()
    )


STATUS_OF = {
    "done": "succeeded",
    "paused": "held",
    "waiting": "queued",
    "skipped": "cancelled",
}
"""Words of campaigns, in the colour of a job's word that means as much to a reader."""


@register.simple_tag
def run_status(state: str) -> SafeString:
    """A state of a campaign, a step or a run: icon and word."""
    return format_html(
        '<span class="status status-{}">{}{}</span>',
        STATUS_OF.get(state, state),
        icon("paused" if state == "paused" else STATUS_OF.get(state, state)),
        state.capitalize(),
    )


@register.simple_tag
def when(moment: datetime | None, form: str = "full") -> SafeString:
    """A time: UTC here, which the script rewrites in the viewer's zone; of another year in full."""
    if moment is None:
        return format_html('<span class="soft">{}</span>', "–")
    utc = moment.astimezone(UTC)
    if form == "short" and utc.year != datetime.now(UTC).year:
        form = "full"
    return format_html(
        '<time datetime="{}" data-form="{}">{}</time>',
        utc.isoformat(timespec="milliseconds"),
        form,
        f"{utc:%Y-%m-%d %H:%M:%S} UTC",
    )


@register.simple_tag
def uncertain(value: float, std: float) -> str:
    """A value with its one-sigma error."""
    return numbers.uncertain(value, std)
