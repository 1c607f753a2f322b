"""The pages of the documentation, where the server knows a site that has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from qtwin.shipped import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    title: str
    address: str


def pages() -> tuple[Page, ...]:
    """Those of ``docs/``, at `settings.DOCS_URL`; none while that is empty."""
    return _pages(shipped("docs"), settings.DOCS_URL) if settings.DOCS_URL else ()


@cache
def _pages(folder: Path, site: str) -> tuple[Page, ...]:
    found = [(_title(file), file.stem) for file in sorted(folder.glob("*.md"))]
    base = site.rstrip("/")
    return tuple(Page(title=title, address=f"{base}/{stem}.html") for title, stem in found if title)


def _title(file: Path) -> str:
    with file.open(encoding="utf-8") as lines:
        return next((line[2:].strip() for line in lines if line.startswith("# ")), "")
