"""What to do next, and control of the evidence, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, Tab
from tests.browser.looks import assert_looks

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]
SLOW = 10_000


def test_one_click_accepts_a_recommendation_once(server: Server, open_tab: Open) -> None:
    page = open_tab(f"/projects/{server.project}/next").page
    page.locator("#next-others summary").click()
    assert_looks(page)
    page.goto(f"{server.base}/projects/{server.project}")
    card = page.locator("#next-run")
    expect(card).to_contain_text("no money", timeout=SLOW)
    expect(card).to_contain_text("Error of ")
    jobs = page.locator("#recent-jobs tbody tr")
    before = jobs.count()
    place = page.locator("#next-run .next-what strong").nth(1).inner_text()
    page.locator("#next-accept").dblclick()
    expect(page).to_have_url(re.compile("#next-title$"))
    expect(card).to_contain_text("was accepted", timeout=SLOW)
    expect(page.locator("#next-accept")).to_have_count(0)
    expect(jobs).to_have_count(before + 1)
    assert server.act("work")["versions"] == 2
    expect(page.locator("#headline")).to_contain_text("version 2", timeout=SLOW)
    expect(page.locator("#next-accept")).to_be_visible(timeout=SLOW)
    expect(page.locator("#next-run .next-what")).not_to_contain_text(place)


@pytest.mark.slow
def test_the_recommendation_needs_no_script(server: Server, browser: Browser, session: Any) -> None:
    context = browser.new_context(storage_state=session, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.base}/projects/{server.project}")
    page.get_by_role("link", name="Show what to measure next").click()
    before = page.locator("#next-run .next-what").inner_text()
    page.get_by_role("button", name="Run it").click()
    expect(page).to_have_url(re.compile("#next-title$"))
    page.get_by_role("link", name="Show what to measure next").click()
    expect(page.locator("#next-run")).to_contain_text("was accepted")
    expect(page.locator("#next-run .next-what")).to_have_text(before)
    server.act("work")
    context.close()


def test_a_measurement_is_taken_out_and_the_twin_changes(server: Server, open_tab: Open) -> None:
    page = open_tab(f"/projects/{server.project}?at=0.7414").page
    headline = page.locator("#headline")
    version, value = _said(headline.inner_text())
    page.locator("twin-chart[data-version] .plot").first.wait_for()
    page.get_by_text("Data table").first.click()
    link = page.locator("twin-chart tr").filter(has_text="0.7414").filter(has_text="FCI")
    link.locator("a[href^='/measurements/']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("FCI at 0.7414 Å")
    page.get_by_label("Why").fill("measured in another basis")
    page.get_by_role("button", name="Invalidate").click()
    expect(page.locator("#measurement-state")).to_contain_text("Invalidated")
    expect(page.locator("#measurement-twin")).to_contain_text("being refitted")
    assert_looks(page)
    server.act("work")
    expect(page.locator("#weight")).to_contain_text("does without it", timeout=SLOW)
    expect(page.locator("#measurement-twin")).to_be_empty()
    page.goto(f"{server.base}/projects/{server.project}?at=0.7414")
    later = _said(headline.inner_text())
    assert later[0] == version + 1
    assert later[1] != value


def test_the_headline_follows_the_crosshair(server: Server, open_tab: Open) -> None:
    page = open_tab(f"/projects/{server.project}").page
    page.locator("twin-chart[data-version] .plot").first.wait_for()
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator(".headline-sentence")).to_contain_text("2.5 Å:", timeout=SLOW)
    assert "at=2.5" in page.url
    page.get_by_role("button", name="±").focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    tabs = page.get_by_role("tablist", name="Recommend")
    tabs.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.get_by_role("tab", name="Python")).to_be_focused()
    panel = page.get_by_role("tabpanel", name="Python").filter(visible=True)
    expect(panel).to_contain_text("project.twin().recommend(batch=1, observable='energy')")


def _said(text: str) -> tuple[int, str]:
    """The version and the number of a headline."""
    version = re.search(r"version (\d+)", text)
    value = re.search(r"−[\d.]+ ± [\d.]+", text.replace("\n", " "))
    assert version is not None, text
    assert value is not None, text
    return int(version[1]), value[0]
