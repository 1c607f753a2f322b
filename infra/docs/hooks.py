"""What MkDocs asks while it builds the site; it loads this file by its path."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from infra.docs import files as repository
from infra.docs import navigation
from infra.docs.mathml import formula
from infra.docs.reference import pages as made

_LIGHT = re.compile(r'<img [^>]*src="[^"]*-light\.png"[^>]*>')
LOOKS = {
    "site.css": repository.ROOT / "infra/docs/site.css",
    "inter.woff2": repository.ROOT / "frontend/static/qtwin/inter.woff2",
    "mark.svg": repository.ROOT / "frontend/static/qtwin/mark.svg",
}
_MATH = re.compile(
    r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>',
    re.DOTALL,
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages that are made into the navigation."""
    config.nav = navigation.expanded(config.nav or [], made=made())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from code, and those of files that pages point at."""
    written = [file.src_uri for file in files.documentation_pages()]
    for name, text in {**made(), **repository.linked(written)}.items():
        files.append(File.generated(config, name, content=text))
    for name, path in LOOKS.items():
        files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links to files of the repository to their pages."""
    return repository.relinked(markdown, page.file.src_uri)


def on_page_content(html: str, **_: Any) -> str:
    """Write formulas as MathML, and put the dark picture beside the light one."""
    html = _MATH.sub(lambda m: formula(unescape(m[2]), block=m[1] == "div"), html)
    return _LIGHT.sub(lambda m: m[0] + m[0].replace("-light.", "-dark."), html)
