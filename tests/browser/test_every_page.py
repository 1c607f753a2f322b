"""Every page in every look: it fits, axe finds nothing, and it can be read without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, Tab
from tests.browser.looks import assert_looks
from tests.browser.pages import pages

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]
AT_LEAST = 25
ONLY_BY_SCRIPT = "/account/passkeys/new"  # a browser makes passkeys no other way
DRAWN = "twin-chart[data-version] .plot"


@pytest.fixture(scope="module")
def scene(server: Server) -> dict[str, str]:
    """A team with something of every kind."""
    ids: dict[str, str] = server.act("scene")
    server.act("work")
    return ids


def test_every_page_fits_is_accessible_and_breaks_no_policy(
    server: Server, scene: dict[str, str], open_tab: Open
) -> None:
    tab = open_tab("/projects")
    seen = list(pages(tab.page.request, server.base, scene))
    assert len(seen) >= AT_LEAST, seen
    for address in seen:
        tab.page.goto(server.base + address)
        expect(tab.page.get_by_role("heading", level=1)).to_have_count(1)
        if tab.page.locator("twin-chart").count():
            tab.page.locator(DRAWN).wait_for()
        assert_looks(tab.page)
        tab.check()


def test_every_page_is_read_without_a_script(
    server: Server, scene: dict[str, str], open_tab: Open
) -> None:
    page = open_tab("/projects", java_script_enabled=False).page
    for address in pages(page.request, server.base, scene):
        if address == ONLY_BY_SCRIPT:
            continue
        page.goto(server.base + address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        text = page.locator("main").inner_text()
        assert not re.search(r"(needs|requires|enable) JavaScript", text), address
        for form in page.locator("main form").all():
            assert form.locator("[type=submit], [type=image]").count(), f"{address}: a dead form"


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/forgot", "/nothing", "/invitations/x"])
def test_pages_for_who_is_not_signed_in(server: Server, browser: Browser, address: str) -> None:
    page: Any = browser.new_page()
    page.goto(server.base + address)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert_looks(page)
    page.context.close()
