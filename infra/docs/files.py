"""Files of the repository that pages point at, as pages of the site: there is no other address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
FOLDER: Final = "files"
_LINK: Final = re.compile(r"\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")
_LANGUAGES: Final = {
    ".py": "python",
    ".json": "json",
    ".toml": "toml",
    ".md": "markdown",
    ".sh": "bash",
}


def linked(pages: Iterable[str]) -> dict[str, str]:
    """Pages to make: name in the site and Markdown of each file that the given pages point at."""
    found: dict[str, str] = {}
    for page in pages:
        text = (DOCS / page).read_text(encoding="utf-8")
        for target, _ in _LINK.findall(text):
            path = _path(page, target)
            if _needs_page(path):
                found[_page(path)] = _shown(path)
    return found


def relinked(markdown: str, page: str) -> str:
    """The Markdown of a page with its links to files of the repository led to their pages."""
    return _LINK.sub(_leading(page), markdown)


def _leading(page: str) -> Callable[[re.Match[str]], str]:
    def lead(match: re.Match[str]) -> str:
        path = _path(page, match[1])
        if not _needs_page(path):
            return match[0]
        here = posixpath.dirname(page) or "."
        return f"]({posixpath.relpath(_page(path), here)})"

    return lead


def _path(page: str, target: str) -> str:
    """What a link means, from the repository's root."""
    return posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), target))


def _needs_page(path: str) -> bool:
    """Whether it is there, and nothing that the site has already."""
    there = ROOT / path
    inside = path.startswith("docs/") and there.is_file()
    return not path.startswith("..") and there.exists() and not inside


def _page(path: str) -> str:
    return f"{FOLDER}/{path}.md"


def _shown(path: str) -> str:
    there = ROOT / path
    hidden = "---\nsearch:\n  exclude: true\n---\n"
    if there.is_dir():
        names = sorted(entry.name for entry in there.iterdir() if not entry.name.startswith("_"))
        return f"{hidden}# `{path}`\n\n" + "".join(f"- `{name}`\n" for name in names)
    language = _LANGUAGES.get(there.suffix, "text")
    text = there.read_text(encoding="utf-8").rstrip()
    return f"{hidden}# `{path}`\n\n`````{language}\n{text}\n`````\n"
