"""The pages of the reference that are made from code whenever the site is built."""

from __future__ import annotations

from functools import cache

from infra.docs.reference import command, library, rest


@cache
def pages() -> dict[str, str]:
    """Name in the site and Markdown of each page."""
    return {
        "reference/cli.md": command.page(),
        "reference/sdk.md": library.page(),
        **rest.pages(),
    }
