"""The panels of a project's page beside its curve: map, trust, reliability, versions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, Server, Tab
from tests.browser.looks import assert_looks

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]


@pytest.fixture(scope="module")
def quenched(server: Server) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.quench"],
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout.splitlines()[-1])["project"])


def surface(page: Page) -> Any:
    """The numbers that the map was drawn from."""
    address = page.locator("twin-surface").get_attribute("src")
    return page.evaluate("address => fetch(address).then((answer) => answer.json())", address)


def _slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


@pytest.mark.slow
def test_the_map_says_at_its_cursor_what_the_twin_says_there(quenched: str, open_tab: Open) -> None:
    page = open_tab(f"/projects/{quenched}").page
    twin = page.locator("twin-surface[data-version='2']")
    twin.locator(".map-cursor .dot").wait_for()
    numbers = surface(page)
    time, field = _slider(page, "Time in 1/J"), _slider(page, "Transverse field")
    expect(time).to_have_attribute("aria-valuetext", "0.500")
    time.focus()
    time.press("Home")
    field.press("End")
    expect(field).to_have_attribute("aria-valuetext", "2.000")
    said = twin.locator(".readout-value").inner_text()
    mean, std = numbers["mean"][0][-1], numbers["std"][0][-1]
    assert abs(float(said.split(" ± ")[0].replace("−", "-")) - mean) < std
    standing = numbers["trust"]["standing"][0][-1]
    expect(twin.locator(".readout-value + p")).to_contain_text(standing.capitalize())
    expect(
        twin.get_by_role("img", name="along Time in 1/J at transverse field 2.000")
    ).to_be_visible()

    mark = twin.locator(".map .point .mark").first
    expect(mark).not_to_have_css("fill", "rgb(0, 0, 0)")  # it has the colour of its source
    box = twin.locator(".map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"])
    expect(field).not_to_have_attribute("aria-valuetext", "2.000")

    time.press("Home")
    page.get_by_role("button", name="Play").click()
    expect(time).not_to_have_attribute("aria-valuetext", "0.000")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Trust", exact=True).click()
    present = {one for row in numbers["trust"]["standing"] for one in row}
    for name in present:
        expect(twin.locator(f".map rect.standing[fill='url(#map-{name})']")).to_be_visible()
    assert_looks(page)


def test_playing_waits_for_who_wants_less_motion(quenched: str, open_tab: Open) -> None:
    page = open_tab(f"/projects/{quenched}", reduced_motion="reduce").page
    page.locator("twin-surface .map").wait_for()
    expect(_slider(page, "Time in 1/J")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_have_count(0)


def test_a_version_is_shown_in_place_and_at_its_address(
    server: Server, quenched: str, open_tab: Open
) -> None:
    page = open_tab(f"/projects/{quenched}").page
    page.locator("twin-chart[data-version='2'], twin-surface[data-version='2']").first.wait_for()
    slider = page.get_by_role("slider", name="Version")
    slider.focus()
    slider.press("Home")
    banner = page.get_by_text("This is version 1 of 2")
    expect(banner).to_be_visible()
    expect(page.locator("twin-surface[data-version='1']")).to_be_visible()
    expect(page.locator("#headline")).to_contain_text("version 1")
    expect(page.locator("#trust")).to_contain_text("No reference was measured")
    assert "version=1" in page.url
    page.get_by_role("link", name="Back to the latest").click()
    expect(banner).to_have_count(0)
    expect(page.locator("#trust")).to_contain_text("Each of 6 references was left out once")
    with page.expect_download() as saved:
        page.get_by_label("Download Reliability").click()
        page.get_by_role("button", name="CSV").click()
    text = saved.value.path().read_text()
    assert text.splitlines()[0] == "Claimed,Held,Of,Share,95 % range"
    assert len(text.splitlines()) == 11


def test_without_script_each_panel_is_read_and_each_version_has_its_link(
    server: Server, session: Any, browser: Browser, quenched: str
) -> None:
    context = browser.new_context(storage_state=session, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.base}/projects/{quenched}")
    expect(page.locator("#surface td").first).to_be_attached()
    expect(page.locator("#surface tbody tr")).to_have_count(5)
    expect(page.get_by_role("img", name="held-out references")).to_be_visible()
    page.get_by_role("link", name="Earlier").click()
    expect(page.get_by_text("This is version 1 of 2")).to_be_visible()
    page.get_by_role("slider", name="Version").fill("2")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This is version 2,")).to_be_visible()
    context.close()
