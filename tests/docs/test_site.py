"""`make docs` builds a site without a warning, and a page of it asks no other host for anything."""

from __future__ import annotations

import logging
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from infra.docs.files import ROOT, relinked
from qtwin import client

CONFIG = ROOT / "infra" / "docs" / "mkdocs.yml"
LOADING = {"script": ("src",), "img": ("src", "srcset"), "link": ("href",), "iframe": ("src",)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    said: list[str] = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("mkdocs").addHandler(listener)
    build(load_config(str(CONFIG), site_dir=str(folder)))
    logging.getLogger("mkdocs").removeHandler(listener)
    assert said == []
    return folder


class Loads(HTMLParser):
    """The addresses that a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.classes |= set((given.get("class") or "").split())
        self.addresses += [given.get(name) or "" for name in LOADING.get(tag, ())]


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        far = [address for address in loads.addresses if re.match(r"(\w+:)?//", address)]
        assert far == [], page
        assert "mermaid" not in loads.classes, "Material fetches mermaid from a CDN"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", sheet.read_text()), sheet


def test_every_route_and_every_command_has_a_place(site: Path) -> None:
    routes = (site / "reference/rest/projects.html").read_text(encoding="utf-8")
    assert 'id="jobs_submit"' in routes
    assert 'href="../schemas.html#jobinput"' in routes
    assert 'id="jobinput"' in (site / "reference/schemas.html").read_text(encoding="utf-8")
    library = (site / "reference/sdk.html").read_text(encoding="utf-8")
    for name in client.__all__:
        assert f'id="{name.lower()}"' in library or f"<code>{name}</code>" in library, name
    assert 'id="clientcreate_project"' in library
    assert 'id="prediction"' in library
    commands = (site / "reference/cli.html").read_text(encoding="utf-8")
    for command in ("qtwin evaluate", "qtwin system show", "qtwin plan", "qtwin vendor check"):
        assert f"{command}<" in commands, command


def test_a_file_of_the_repository_that_a_page_points_at_is_in_the_site(site: Path) -> None:
    page = (site / "fuse.html").read_text(encoding="utf-8")
    assert 'href="files/platform/qtwin/tables/spec.schema.json.html"' in page
    shown = site / "files/platform/qtwin/tables/spec.schema.json.html"
    assert "learn_scale" in shown.read_text() or "mixed_value" in shown.read_text()


def test_links_to_pages_and_other_hosts_stay_as_they_are() -> None:
    text = "[a](plan.md#example) [b](https://example.org/x) [c](#here) [d](../nothing.py)"
    assert relinked(text, "fuse.md") == text


def test_a_picture_is_there_for_light_and_for_dark(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    for look in ("light", "dark"):
        assert f'src="images/project-{look}.png"' in page
        assert (site / f"images/project-{look}.png").exists()


def test_formulas_are_mathml_and_nothing_else(site: Path) -> None:
    page = (site / "mathematics.html").read_text(encoding="utf-8")
    assert page.count("<math") > 10
    assert "arithmatex" not in page
