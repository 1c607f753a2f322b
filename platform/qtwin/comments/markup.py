"""The little that a text may show: links, code, bold, lists, titles. All else is text.

There is no HTML in it: whatever is not one of these is escaped, so nothing of a text runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qtwin.comments.code import CODE
from qtwin.comments.people import SOMEBODY, STORED

URL = r"https?://[^\s<>\"'`\]]+"
INLINE = re.compile(
    rf"`(?P<code>[^`\n]+)`"
    rf"|\[(?P<label>[^\[\]\n]{{1,200}})\]\((?P<target>https?://[^\s<>\"'`()]+)\)"
    rf"|(?P<url>{URL})"
    rf"|\*\*(?P<bold>[^*\n]+)\*\*"
    rf"|{STORED.pattern.replace('(', '(?P<person>', 1)}"
)
ITEM = re.compile(r"\s*[-*]\s+(.*)")
TITLE = re.compile(r"#{1,4}\s+(.*)")


def markup(text: str, names: Mapping[UUID, str]) -> SafeString:
    """The text as HTML.

    Args:
        names: Of the people in it.
    """
    parts, end = [], 0
    for found in CODE.finditer(text):
        if found["block"] is not None:
            parts.append(_blocks(text[end : found.start()], names))
            parts.append(format_html('<pre tabindex="0">{}</pre>', found["block"]))
            end = found.end()
    return _join([*parts, _blocks(text[end:], names)])


def _blocks(text: str, names: Mapping[UUID, str]) -> SafeString:
    blocks = re.split(r"\n\s*\n", text.strip("\n"))
    return _join([_block(block.splitlines(), names) for block in blocks if block.strip()])


def _block(lines: list[str], names: Mapping[UUID, str]) -> SafeString:
    parts: list[SafeString] = []
    while lines:
        items = _leading(lines, ITEM)
        if items:
            rows = format_html_join("", "<li>{}</li>", ((_inline(row, names),) for row in items))
            parts.append(format_html("<ul>{}</ul>", rows))
        elif title := TITLE.fullmatch(lines[0]):
            parts.append(format_html('<p class="title">{}</p>', _inline(title[1], names)))
            items = lines[:1]
        else:
            items = _plain(lines)
            first, *rest = (_inline(line, names) for line in items)
            broken = format_html_join("", "<br>{}", ((line,) for line in rest))
            parts.append(format_html("<p>{}{}</p>", first, broken))
        lines = lines[len(items) :]
    return _join(parts)


def _leading(lines: list[str], shape: re.Pattern[str]) -> list[str]:
    found = []
    for line in lines:
        match = shape.fullmatch(line)
        if match is None:
            break
        found.append(match[1])
    return found


def _plain(lines: list[str]) -> list[str]:
    found = []
    for line in lines:
        if ITEM.fullmatch(line) or TITLE.fullmatch(line):
            break
        found.append(line)
    return found


def _inline(text: str, names: Mapping[UUID, str]) -> SafeString:
    parts, end = [], 0
    for found in INLINE.finditer(text):
        parts.append(format_html("{}", text[end : found.start()]))
        shown, used = _piece(found, names)
        parts.append(shown)
        end = found.start() + used
    return _join([*parts, format_html("{}", text[end:])])


def _piece(found: re.Match[str], names: Mapping[UUID, str]) -> tuple[SafeString, int]:
    """What is shown, and how many characters of the text it takes."""
    whole = len(found[0])
    if found["code"] is not None:
        return format_html("<code>{}</code>", found["code"]), whole
    if found["bold"] is not None:
        return format_html("<strong>{}</strong>", found["bold"]), whole
    if found["person"] is not None:
        name = names.get(UUID(found["person"]), SOMEBODY)
        return format_html('<span class="mention">@{}</span>', name), whole
    if found["target"] is not None:
        return _link(found["target"], found["label"]), whole
    url = _trimmed(found["url"])
    return _link(url, url), len(url)


def _trimmed(url: str) -> str:
    """Without what ends the sentence around it."""
    url = url.rstrip(".,;:!?*")
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(".,;:!?*")
    return url


def _link(target: str, label: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow noopener noreferrer ugc">{}</a>', target, label)


def _join(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
