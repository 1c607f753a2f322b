"""Worlds in a real Chromium: an episode that is scrubbed, and a run that is watched."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import phased, sweep, trained
from tests.browser.conftest import Server, Tab
from tests.browser.downloads import download
from tests.browser.looks import assert_accessible, assert_looks

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]


@pytest.fixture(scope="module")
def made(server: Server) -> dict[str, str]:
    return server.act("trained")


def densities(page: Page) -> list[float]:
    """How full each atom is drawn."""
    full: list[float] = page.locator(".state-excited").evaluate_all(
        "all => all.map(one => Number(one.getAttribute('fill-opacity')))"
    )
    return full


def test_an_episode_is_scrubbed_by_keys_and_pointer_and_taken_along(
    made: dict[str, str], open_tab: Open, tmp_path: Path
) -> None:
    episode = sweep.rollout(trained.ATOMS, slices=40)
    page = open_tab(f"/worlds/{made['world']}").page
    slider = page.get_by_role("slider", name="Time of the episode")
    assert densities(page) == pytest.approx(episode["densities"][-1], abs=2e-3)
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".scrub-said")).to_contain_text("t = 0 µs")
    assert densities(page) == pytest.approx(episode["densities"][0], abs=2e-3)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    said = slider.get_attribute("aria-valuetext") or ""
    assert said.startswith(f"t = {sweep.END_US / 2:g} µs, Ω 15.8 rad/µs, Δ 10 rad/µs, ")
    assert densities(page) == pytest.approx(episode["densities"][20], abs=2e-3)
    box = page.locator("scrub-figure > svg").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + box["height"] - 90)
    assert densities(page) == pytest.approx(episode["densities"][30], abs=2e-3)
    hairs = page.locator(".scrub-cursor .hair").evaluate_all(
        "all => all.map(h => h.x1.baseVal.valueAsString)"
    )
    assert hairs == ["75%"] * 4
    with download(page, "Rollout", "CSV", tmp_path).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [float(row[3]) for row in rows[1:]] == pytest.approx(episode["value"], abs=1e-6)
    picture = download(page, "Rollout", "SVG", tmp_path).read_text(encoding="utf-8")
    assert picture.count("<circle") == 2 * trained.ATOMS, "the atoms, and no cursor"
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    assert_accessible(page, "scrubbed")
    page.goto(f"{page.url.split('/worlds')[0]}/worlds?project={made['project']}&start=control")
    assert_accessible(page, "the form of a new world")


def test_a_learning_curve_grows_while_it_is_watched(
    server: Server, made: dict[str, str], open_tab: Open
) -> None:
    page = open_tab(f"/training-runs/{made['run']}").page
    slider = page.get_by_role("slider", name="Episodes")
    expect(slider).to_have_attribute("max", "19")
    slider.focus()
    page.keyboard.press("Home")
    server.act("grow", made["run"], "24")
    expect(page.get_by_text("144 of 600 episodes")).to_be_visible()
    expect(slider).to_have_attribute("max", "23")
    expect(slider).to_be_focused()
    expect(page.locator(".scrub-said")).to_contain_text("Episodes 6")
    page.keyboard.press("End")
    expect(page.locator(".scrub-said")).to_contain_text("Episodes 144")


def test_a_file_that_is_no_policy_is_refused_where_it_was_sent(
    made: dict[str, str], open_tab: Open, tmp_path: Path
) -> None:
    tab = open_tab(f"/worlds/{made['world']}")
    page = tab.page
    file = tmp_path / "policy.npz"
    file.write_bytes(b"\x80\x04a pickle")
    page.locator("#upload > summary").click()
    page.locator("#upload").get_by_label("Name").fill("mine")
    page.locator("#upload").get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("this is no policy for the world")
    expect(page.locator("#upload").get_by_label("Name")).to_have_value("mine")
    assert_accessible(page, "refused")
    tab.errors.clear()  # the console tells of the 400 itself


def test_a_loop_and_a_comparison_are_watched_to_their_end(
    server: Server, made: dict[str, str], open_tab: Open
) -> None:
    page = open_tab(f"/loops/{made['loop']}").page
    expect(page.locator("#loop-status")).to_have_text("Waiting")
    server.act("stop", "loop", made["loop"])
    expect(page.locator("#loop-status")).to_have_text("Cancelled")
    expect(page.get_by_role("button", name="Stop the loop")).to_have_count(0)
    page.goto(f"{server.base}/classifiers?project={made['project']}")
    page.locator("#new-classifier > summary").click()
    page.get_by_label("The phases meet at").fill("10")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phases at final = 10")
    expect(page.locator("#classifier-status")).to_have_text("Queued")
    server.act("stop", "classifier", page.url.rpartition("/")[2].partition("#")[0])
    expect(page.locator("#classifier-status")).to_have_text("Cancelled")


def test_what_classifiers_say_is_read_point_by_point(made: dict[str, str], open_tab: Open) -> None:
    found = phased.found()
    page = open_tab(f"/classifiers/{made['classifier']}").page
    slider = page.get_by_role("slider", name="Value of the control")
    slider.focus()
    page.keyboard.press("Home")
    said = slider.get_attribute("aria-valuetext") or ""
    assert said.startswith(f"field {found['points'][0]:g}, Known phase 0, ")
    for score in found["scores"]:
        assert f"{score['title']} {score['above'][0]:g}" in said
    assert page.locator("scrub-figure").first.locator(".scrub-dot").count() == 0
    assert_looks(page)
