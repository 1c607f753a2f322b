"""What README.md, CONTRIBUTING.md and docs/ point at is there: pages, routes, targets, commands."""

from __future__ import annotations

import json
import re
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from qtwin.health.probes import LIVE, READY
from tests.docs.fences import PAGES, blocks

ROOT = Path(__file__).resolve().parents[2]
ROUTE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) +(?:/api/v1)?(/[a-z][\w/{}:.-]*+)(?!…)")
FENCES = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(page: Path) -> set[str]:
    """The ids that a forge gives to the headings of a page."""
    text = FENCES.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pages
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def shape(path: str) -> str:
    """A path without the names of its variables."""
    return re.sub(r"\{\w+\}", "{}", path)


@cache
def routes() -> set[tuple[str, str]]:
    """Method and shape of all that the OpenAPI document knows, and of the probes before it."""
    printed = StringIO()
    call_command("spectacular", format="openapi-json", stdout=printed)
    paths: dict[str, dict[str, object]] = json.loads(printed.getvalue())["paths"]
    known = {
        (method.upper(), shape(path.removeprefix("/api/v1")))
        for path, methods in paths.items()
        for method in methods
    }
    return known | {("GET", path) for path in (LIVE, READY)}


@pages
def test_routes_exist(page: Path) -> None:
    told = ROUTE.findall(page.read_text(encoding="utf-8"))
    named = {(method, shape(path.rstrip(".:,"))) for method, path in told}
    assert named - routes() == set()


def test_every_page_of_the_docs_is_led_to_from_the_readme_or_the_first_of_them() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    first = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert "](docs/index.md)" in readme
    for page in PAGES[2:]:
        assert f"docs/{page.name}" in readme or f"]({page.name})" in first, page.name


def test_the_readme_names_the_routes_that_a_newcomer_looks_for() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    named = re.findall(r"(?:GET|POST|PUT|PATCH) +/api\S+", readme)
    for word in ("replay", "approve", "provenance", "identity", "export", "import", "schedules"):
        assert any(word in route for route in named), word


def test_the_lines_that_a_newcomer_types_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for block in (*blocks("README.md", "sh"), *blocks("CONTRIBUTING.md", "sh")):
        for line in block.splitlines():
            make, target, *_ = line.split()
            assert make == "make"
            assert re.search(rf"^{target}:.* ## ", makefile, re.MULTILINE), line


@pages
def test_targets_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    fenced = "\n".join(FENCES.findall(text))
    named = {*re.findall(r"`make ([a-z-]+)", text), *re.findall(r"^make ([a-z-]+)", fenced, re.M)}
    assert named - targets == set()
    assert set(re.findall(r'make manage ARGS="(\w+)', text)) - set(get_commands()) == set()
    assert "`manage.py" not in text, "it does not run without the environment that make gives it"
