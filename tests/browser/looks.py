"""Each look of a page that is open: at 1280 and 360 px, light and dark, with axe's verdict.

By default light is looked at wide and dark narrow, so each once; `make test-all` looks at all four.
"""

from __future__ import annotations

import os
from itertools import product
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 360)
HEIGHT = 800
EVERY = os.environ.get("QTWIN_TEST_EVERY_LOOK") == "1"
LOOKS = tuple(product(SCHEMES, WIDTHS)) if EVERY else tuple(zip(SCHEMES, WIDTHS, strict=True))


def assert_looks(page: Page) -> None:
    """The page, as it is now, fits in each look, and axe finds nothing wrong in any.

    The page is not loaded again: what was opened or typed stays. It is 1280 px and light after.
    """
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert_fits(page)
        assert_accessible(page, f"{width} px, {scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})


def assert_fits(page: Page) -> None:
    wider = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider == 0, f"{page.url} scrolls sideways by {wider} px"


def assert_accessible(page: Page, look: str) -> None:
    """axe, with all its rules of WCAG 2.2 AA and its best practices, finds no violation."""
    found = Axe().run(page).response["violations"]
    assert found == [], f"{page.url} at {look}: " + "; ".join(map(_sentence, found))


def _sentence(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"][:5]
    places = [f"{' '.join(map(str, node['target']))}: {_why(node)}" for node in nodes]
    return f"{violation['id']} ({violation['help']}) at {'; '.join(places)}"


def _why(node: dict[str, Any]) -> str:
    return " ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
