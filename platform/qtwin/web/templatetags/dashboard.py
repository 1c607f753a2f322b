"""Small pieces that every page uses."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qtwin.web import headline, numbers

register = template.Library()

register.filter("symbol", headline.symbol)
register.filter("significant", numbers.significant)
register.filter("grouped", numbers.grouped)


@register.filter
def words(name: str) -> str:
    """A name as words: ``noise_gain`` is noise gain."""
    return name.replace("_", " ")


@register.simple_tag
def over(unit: str) -> str:
    """The end of a heading that names a unit; empty for a pure number."""
    short = headline.symbol(unit)
    return f" / {short}" if short else ""


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon of the sprite; the text beside it carries the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        extra,
        static("qtwin/icons.svg"),
        name,
    )


@register.simple_tag
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
    """A time; UTC here, and the script rewrites it in the viewer's zone."""
    if moment is None:
        return format_html('<span class="soft">{}</span>', "–")
    utc = moment.astimezone(UTC)
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
