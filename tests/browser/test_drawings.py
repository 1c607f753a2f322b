"""Molecules, circuits, counts and devices in a real Chromium."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Tab
from tests.browser.downloads import download
from tests.browser.drawn import SHOTS
from tests.browser.looks import HEIGHT, WIDTHS, assert_accessible, assert_fits, assert_looks

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]


@pytest.fixture(scope="module")
def made(server: Server) -> dict[str, str]:
    return server.act("drawn")


def atoms(page: Page) -> list[float]:
    """Where the balls are across the picture, the farthest first."""
    balls: list[float] = page.locator("molecule-view .ball").evaluate_all(
        "balls => balls.map(ball => Number(ball.getAttribute('cx')))"
    )
    return balls


def test_a_molecule_turns_by_keys_and_pointer_and_stretches_by_its_control(
    server: Server, open_tab: Open
) -> None:
    page = open_tab(f"/projects/{server.project}").page
    page.get_by_text("The system", exact=True).click()
    picture = page.get_by_role("img", name="Molecule H₂")
    before = atoms(page)
    picture.focus()
    page.keyboard.press("ArrowRight")
    turned = atoms(page)
    assert turned != before
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 100, steps=3)
    page.mouse.up()
    assert atoms(page) != turned
    slider = page.get_by_role("slider", name="Bond length", exact=True)
    slider.fill("0")
    expect(page.locator(".molecule-sliders output")).to_have_text("0.300 Å")
    expect(page.locator("molecule-view .bond")).not_to_have_class("bond stretched")
    slider.fill("20")
    expect(page.locator("molecule-view .stretched")).to_have_count(1)
    expect(picture).to_contain_text("2.50 Å")
    page.set_viewport_size({"width": WIDTHS[-1], "height": HEIGHT})
    assert_fits(page)
    assert_accessible(page, "narrow")


def test_a_circuit_of_a_project_is_read_part_by_part(made: dict[str, str], open_tab: Open) -> None:
    page = open_tab(f"/projects/{made['project']}").page
    page.get_by_text("The system", exact=True).click()
    expect(page.locator("p", has_text="Moments 1 to 48 of")).to_be_visible()
    page.get_by_role("link", name="Later").click()
    expect(page.locator("p", has_text="Moments 49 to")).to_be_visible()
    stage = page.locator(".circuit")
    stage.evaluate("stage => { stage.scrollLeft = 300 }")
    names = page.locator(".circuit-wires").bounding_box()
    box = stage.bounding_box()
    assert names is not None
    assert box is not None
    assert names["x"] - box["x"] < 2  # they stay in sight
    assert_looks(page)


def test_counts_of_a_job_are_chosen_sorted_and_taken_along(
    made: dict[str, str], open_tab: Open, tmp_path: Path
) -> None:
    page = open_tab(f"/jobs/{made['job']}").page
    page.get_by_label("Point", exact=True).select_option("1")
    page.get_by_label("Order", exact=True).select_option("bits")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**point=1**")
    expect(page.get_by_label("Point", exact=True)).to_have_value("1")
    bits = page.locator(".outcome:not(.rest) .bits").all_text_contents()
    assert bits == sorted(bits)
    name = page.locator("drawn-figure").first.get_attribute("name") or ""
    with download(page, name, "CSV", tmp_path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["Count"]) for row in rows) == SHOTS
    assert download(page, name, "SVG", tmp_path).read_text(encoding="utf-8").count("<rect") > 2
    assert download(page, "Circuit of 3 qubits", "PNG", tmp_path).read_bytes()[:4] == b"\x89PNG"
    assert_looks(page)


def test_the_map_of_a_device_is_coloured_by_what_one_asks(
    made: dict[str, str], open_tab: Open
) -> None:
    page = open_tab(f"/teams/{made['team']}/calibrations?backend=braket&device=grid").page
    colour = "circle => getComputedStyle(circle).fill"
    first = page.locator(".device-qubit circle").first.evaluate(colour)
    last = page.locator(".device-qubit.step-5 circle").last.evaluate(colour)
    assert first != last
    expect(page.locator(".device-qubit .cross")).to_have_count(1)
    page.get_by_role("link", name="T1", exact=True).click()
    expect(page.get_by_role("img", name="Map of grid")).to_contain_text("T1 100 µs")
    assert_looks(page)


def test_everything_is_drawn_without_a_script(
    server: Server, made: dict[str, str], open_tab: Open
) -> None:
    for address, picture in (
        (f"/projects/{made['project']}?moment=1", "Circuit of 3 qubits"),
        (f"/jobs/{made['job']}", "Counts, basis"),
        (f"/teams/{made['team']}/calibrations?backend=braket&device=quera/Aquila", "Field of view"),
    ):
        page = open_tab(address, java_script_enabled=False).page
        expect(page.get_by_role("img", name=picture).first).to_be_visible()
