"""A project seen from outside: by a link, by everybody, without a script, on another page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import WATCH, Server, Tab
from tests.browser.looks import assert_looks

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]


def test_a_link_opens_the_twin_for_who_has_no_account(
    server: Server, open_tab: Open, browser: Browser
) -> None:
    page = open_tab(f"/projects/{server.project}").page
    page.get_by_role("link", name="Share").click()
    assert_looks(page)
    page.get_by_label("Name of the link, for you").fill("referees")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link-text").inner_text()
    embed = page.locator("#new-link pre").nth(1).inner_text()
    guest = Tab(browser.new_context().new_page())
    guest.page.add_init_script(WATCH)
    guest.page.on("console", lambda m: guest.errors.append(m.text) if m.type == "error" else None)
    guest.page.goto(link)
    guest.page.locator("twin-chart[data-version] .plot").wait_for()
    expect(guest.page.locator("#headline")).to_contain_text("Calibrated on 7 reference points")
    expect(guest.page.get_by_role("link", name="Jobs")).to_have_count(0)
    guest.page.get_by_text("What am I looking at?").click()
    assert_looks(guest.page)
    guest.check()
    guest.page.set_content(f"<title>A blog</title>{embed}")  # as on another site: no session counts
    picture = guest.page.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 756
    page.get_by_role("button", name=re.compile("Revoke")).click()
    gone = guest.page.goto(link)
    assert gone is not None
    assert gone.status == 410
    assert_looks(guest.page)
    guest.page.context.close()


def test_without_a_script_the_twin_is_a_picture(server: Server, open_tab: Open) -> None:
    page = open_tab(f"/projects/{server.project}", java_script_enabled=False).page
    picture = page.locator(".still img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 756)
    expect(page.locator("#headline")).to_contain_text("−1.137")
