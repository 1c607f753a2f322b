"""Finding things and talking about them: the palette, the search, comments, the menu of a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Tab
from tests.browser.looks import assert_looks


def chosen(page: Page) -> str:
    """The option of the palette that Enter would take."""
    return page.locator("#palette [role=option][aria-selected=true]").inner_text().split("\n")[0]


def test_the_palette_goes_anywhere_by_the_keyboard_alone(
    server: Server, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab(f"/projects/{server.project}").page
    page.keyboard.press("Control+k")
    words = page.get_by_role("combobox", name="A page, an action")
    expect(words).to_be_focused()
    expect(page.get_by_role("option", name="New job")).to_be_visible()
    assert_looks(page)
    page.keyboard.type("tkns")
    assert chosen(page) == "Tokens"
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.base}/account/tokens")
    page.keyboard.press("Control+k")
    page.keyboard.type("hf py")
    expect(page.get_by_role("option", name="HF on pyscf, succeeded")).to_be_visible()
    page.keyboard.press("ArrowUp")
    assert chosen(page) == "Search for “hf py”"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search for “hf py”")
    assert_looks(page)
    page.keyboard.press("Control+k")
    expect(words).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("H2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="H2 dissociation")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page).to_have_url(f"{server.base}/teams")


def test_a_comment_names_somebody_who_is_suggested_and_finds_it(
    server: Server, open_tab: Callable[..., Tab]
) -> None:
    server.act("colleague", "Bo Operator", "bo@example.org")
    page = open_tab(f"/projects/{server.project}").page
    text = page.get_by_label("Write a comment")
    text.press_sequentially("Ask @bo")
    expect(page.get_by_role("option", name="Bo Operator")).to_be_visible()
    page.keyboard.press("Enter")
    expect(text).to_have_value("Ask @Bo Operator ")
    text.press_sequentially("about <b>2 Å</b>")
    page.get_by_role("button", name="Comment", exact=True).click()
    comment = page.locator(".comment")
    expect(comment.locator(".mention")).to_have_text("@Bo Operator")
    expect(comment).to_contain_text("about <b>2 Å</b>")
    page.get_by_text("Pin a note").click()
    page.get_by_label("Note").fill("# Read me\n- `vqe-noisy` is **noisy**")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#note .title")).to_have_text("Read me")
    assert_looks(page)
    answer = server.act("comment", "bo@example.org", "And @Demo, see https://example.org/log")
    page.goto(f"{server.base}/inbox")
    expect(page.get_by_role("link", name="Inbox: 1 unread")).to_be_visible()
    assert_looks(page)
    page.get_by_role("button", name="Open comment of Bo Operator").click()
    expect(page).to_have_url(re.compile(f"#comment-{answer['comment']}$"))
    expect(page.get_by_role("link", name="Inbox", exact=True)).to_be_visible()


def test_a_phone_reaches_everything_from_the_menu(open_tab: Callable[..., Tab]) -> None:
    for script in (True, False):
        tab = open_tab("/jobs", viewport={"width": 360, "height": 800}, java_script_enabled=script)
        page = tab.page
        page.locator("#menu summary").focus()
        page.keyboard.press("Enter")
        menu = page.locator("#menu")
        for name in ("Projects", "Jobs", "Campaigns", "Teams", "API", "Account", "Tokens"):
            expect(menu.get_by_role("link", name=name, exact=True)).to_be_visible()
        expect(menu.get_by_role("button", name="Sign out")).to_be_visible()
        if script:
            assert_looks(page)
            page.set_viewport_size({"width": 360, "height": 800})
            page.keyboard.press("Escape")
            expect(menu.get_by_role("link", name="Teams")).to_be_hidden()
        else:
            menu.get_by_role("link", name="Teams").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Teams")


def test_a_filter_is_kept_under_a_name(server: Server, open_tab: Callable[..., Tab]) -> None:
    page = open_tab("/jobs?state=succeeded").page
    page.get_by_text("Save this filter").click()
    page.get_by_label("Name of the filter").fill("What worked")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{server.base}/jobs?state=succeeded")
    page.get_by_role("link", name="Jobs", exact=True).first.click()
    page.get_by_text("Manage filters").click()
    assert_looks(page)
    page.get_by_role("link", name="What worked").click()
    expect(page).to_have_url(f"{server.base}/jobs?state=succeeded")
