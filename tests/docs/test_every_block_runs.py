"""No page has a block that no test takes, and none is without a language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.fences import PAGES, ROOT, Fence, fences

SHOWN = {"text"}
"""Languages that nothing runs: what a command prints, and the shape of commands and requests."""


def calls() -> Iterator[tuple[str, str, str | None]]:
    """Page, language and name of every call of `blocks` in the tests."""
    for file in sorted((ROOT / "tests").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "blocks(" not in text or (file.parent.name == "docs" and file.name == "fences.py"):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "blocks":
                words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                if len(words) == len(node.args) >= 2:
                    page, language, *name = map(str, words)
                    yield page, language, name[0] if name else None


TAKEN = set(calls())


def runs(fence: Fence) -> bool:
    return any((fence.page, fence.language, name) in TAKEN for name in (None, fence.name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_run_by_a_test(page: Path) -> None:
    told = fences(page.name)
    assert [f"line {fence.line}" for fence in told if not fence.language] == []
    left = [fence for fence in told if fence.language not in SHOWN and not runs(fence)]
    assert [f"line {fence.line}: {fence.language} {fence.name}" for fence in left] == []


def test_every_block_of_every_page_is_seen() -> None:
    for page in PAGES:
        marks = [line for line in page.read_text().splitlines() if line.lstrip().startswith("```")]
        assert len(marks) == 2 * len(fences(page.name)), page.name
