"""The fenced blocks of the documentation, which tests take from the pages to run them.

A test says which blocks it runs by calling `blocks` with a page and a language, both written out.
`test_every_block_runs` looks for these calls, so that a page can hold no block that nothing runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(
    r"(?:^<!-- (?P<name>[^\n]+?) -->\n)?^(?P<indent> *)(?P<ticks>`{3,})(?P<language>\S*)[^\n]*\n"
    r"(?P<text>.*?)^ *(?P=ticks)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """One block.

    Attributes:
        page: Name of its file.
        line: Where it begins.
        language: The word after the backticks; "" for none.
        name: What a comment in the line before says, or "".
        text: What it holds, without its indentation.
    """

    page: str
    line: int
    language: str
    name: str
    text: str


def fences(page: str) -> list[Fence]:
    """All blocks of a page, in their order."""
    (path,) = (path for path in PAGES if path.name == page)
    whole = path.read_text(encoding="utf-8")
    return [
        Fence(
            page=page,
            line=whole.count("\n", 0, found.start("ticks")) + 1,
            language=found["language"],
            name=found["name"] or "",
            text=re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE),
        )
        for found in _FENCE.finditer(whole)
    ]


def blocks(page: str, language: str, name: str | None = None) -> list[str]:
    """The texts of a page's blocks in one language; of a name, only those that have it."""
    found = [
        fence.text
        for fence in fences(page)
        if fence.language == language and name in (None, fence.name)
    ]
    assert found, f"{page} has no block of {language} {name or ''}"
    return found
