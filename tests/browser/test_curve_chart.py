"""The chart of the twin's curve: zoom, error budget, many points, files, and linked hover."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, Tab
from tests.browser.downloads import download
from tests.browser.looks import assert_accessible, assert_fits

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]
CHART = "Curve and evidence"
DRAWN = "twin-chart[data-version] .plot"

SIGMA_DRAWN = """(count) => {
  // where the stack's highest layer ends, in pixels, read off what is painted
  const svg = document.querySelector("twin-chart .plot");
  const layers = [...svg.querySelectorAll(".layer")];
  const [left, right] = [62, svg.viewBox.baseVal.width - 12];
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 0.5) / count;
    const x = left + share * (right - left);
    for (let y = 0; y < svg.viewBox.baseVal.height; y += 0.25) {
      const point = svg.createSVGPoint();
      [point.x, point.y] = [x, y];
      if (layers.some((layer) => layer.isPointInFill(point))) return [share, y];
    }
    return [share, null];
  });
}"""
TICKS = """() => [...document.querySelectorAll(".budget-stack .axis text")].map(
  (text) => [Number(text.textContent), Number(text.getAttribute("y"))])"""


@pytest.fixture
def chart(server: Server, open_tab: Open) -> Page:
    page = open_tab(f"/projects/{server.project}").page
    page.locator(DRAWN).wait_for()
    return page


def box_of(page: Page) -> tuple[float, float, float, float]:
    """Left, top, width and height of the plot, which is in sight."""
    page.locator("twin-chart .plot").evaluate("plot => plot.scrollIntoView()")
    box = page.locator("twin-chart .plot").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def figure(page: Page) -> Locator:
    return page.get_by_role("figure", name=CHART, exact=True)


def drag(page: Page, start: float, end: float) -> None:
    """Select from one share of the plot's width to another."""
    left, top, width, _ = box_of(page)
    page.mouse.move(left + start * width, top + 100)
    page.mouse.down()
    page.mouse.move(left + end * width, top + 110, steps=3)
    page.mouse.up()


def range_of(page: Page) -> tuple[float, float]:
    """What the address says is in sight."""
    address = page.evaluate("location.hash")  # page.url lags behind
    found = re.search(r"from=([\d.]+)&to=([\d.]+)", address)
    assert found is not None, address
    return float(found[1]), float(found[2])


def value(slider: Locator) -> float:
    return float(slider.get_attribute("aria-valuenow") or "nan")


def curve_of(page: Page, server: Server, query: str = "") -> dict[str, Any]:
    address = f"{server.base}/api/v1/projects/{server.project}/twin/curve?observable=energy{query}"
    answer: dict[str, Any] = page.request.get(address).json()
    return answer


def test_a_dragged_range_is_asked_for_finely_and_is_kept_in_the_address(
    server: Server, chart: Page, tmp_path: Path
) -> None:
    with chart.expect_response(re.compile("points=false")) as asked:
        drag(chart, 0.2, 0.4)
    low, high = range_of(chart)
    assert 0.3 < low < high < 1.3
    fine = asked.value.json()
    assert (fine["x"][0], fine["x"][-1]) == pytest.approx((low, high), abs=1e-6)
    assert len(fine["x"]) == 201
    path = download(chart, CHART, "JSON", tmp_path)
    assert json.loads(path.read_text())["mean"] == fine["mean"]
    chart.reload()
    chart.locator(DRAWN).wait_for()
    assert range_of(chart) == (low, high)
    inside = [p for p in curve_of(chart, server)["points"] if low <= p["x"] <= high]
    drawn = chart.locator("twin-chart .plot > .points").first.locator(".source")
    counts = drawn.evaluate_all("all => all.map(one => Number(one.dataset.points))")
    assert sum(counts) == len(inside)


def test_the_buttons_the_wheel_and_the_keyboard_zoom_about_the_crosshair(chart: Page) -> None:
    reset = chart.get_by_role("button", name="Show the whole range")
    expect(reset).to_be_disabled()
    slider = chart.get_by_role("slider")
    place = value(slider)
    chart.get_by_role("button", name="Zoom in").click()
    low, high = range_of(chart)
    assert high - low == pytest.approx(1.1)
    assert low < place < high
    slider.focus()
    chart.keyboard.press("+")
    low, high = range_of(chart)
    assert high - low == pytest.approx(0.55)
    expect(slider).to_be_focused()
    chart.keyboard.press("End")
    assert value(slider) == pytest.approx(high, abs=1e-6)
    chart.keyboard.press("ArrowRight")  # the range moves along
    assert range_of(chart)[1] > high
    chart.keyboard.press("-")
    low, high = range_of(chart)
    assert high - low == pytest.approx(1.1)
    left, top, width, _ = box_of(chart)
    chart.mouse.move(left + width / 2, top + 100)
    chart.keyboard.down("Control")
    chart.mouse.wheel(0, -60)
    chart.keyboard.up("Control")
    chart.wait_for_function("high => !location.hash.includes(`to=${high}`)", arg=high)
    now = range_of(chart)
    assert now[1] - now[0] == pytest.approx(1.1 * 0.6, rel=0.1)
    chart.wait_for_function("!document.querySelector('[aria-label^=\"Show the\"]').disabled")
    reset.click()
    assert "from=" not in chart.evaluate("location.hash")
    slider.focus()
    chart.keyboard.press("0")
    expect(reset).to_be_disabled()


@pytest.mark.parametrize("query", ["", "&from=0.6&to=0.9"])
def test_the_drawn_error_budget_ends_at_sigma(server: Server, open_tab: Open, query: str) -> None:
    page = open_tab(f"/projects/{server.project}#{query[1:]}").page
    with page.expect_response(re.compile("points=false")) if query else page.expect_event("load"):
        page.reload()
    page.locator(f"{DRAWN} .layer").first.wait_for()
    page.wait_for_function("!document.querySelector('twin-chart .chart-message:not([hidden])')")
    page.evaluate("new Promise(requestAnimationFrame)")
    answer = curve_of(page, server, query)
    (low, y_low), *_, (high, y_high) = page.evaluate(TICKS)
    per_pixel = (high - low) / (y_low - y_high)
    seen = 0
    for share, y in page.evaluate(SIGMA_DRAWN, 9):
        sigma = answer["std"][round(share * 200)]
        drawn = 0 if y is None else low + (y_low - y) * per_pixel
        near = answer["std"][round(share * 200) - 1 : round(share * 200) + 2]
        slack = 0.6 * per_pixel + (max(near) - min(near))
        assert drawn == pytest.approx(sigma, abs=slack)
        seen += sigma > 5 * slack
    assert seen >= 3, "the areas were high enough to be measured"


def test_the_files_hold_what_is_drawn_and_the_table_states_the_shares(
    server: Server, chart: Page, tmp_path: Path
) -> None:
    _, _, width, height = box_of(chart)
    picture = download(chart, CHART, "PNG", tmp_path).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    size = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    assert size == (2 * width, 2 * height)
    assert len(picture) > 20_000, "something is drawn on it"
    written = json.loads(download(chart, CHART, "JSON", tmp_path).read_text())
    answer = curve_of(chart, server)
    assert (written["std"], written["budget"]) == (answer["std"], answer["budget"])
    assert len(written["points"]) == len(answer["points"])
    sheet = download(chart, CHART, "Error budget CSV", tmp_path).read_text().splitlines()
    for line in sheet[1::40]:
        assert sum(map(float, line.split(",")[2:])) == pytest.approx(1.0)
    figure(chart).get_by_text("Data table").click()
    expect(chart.get_by_role("region", name="Error budget")).to_contain_text("Gaps in evidence")
    chart.get_by_label(f"Download {CHART}").click()
    assert_accessible(chart, "table and menu open")


def test_others_point_at_a_place_and_hear_where_this_chart_is_looked_at(chart: Page) -> None:
    say = "c => document.dispatchEvent(new CustomEvent('qtwin:cursor', {detail: c}))"
    chart.evaluate(say, {"from": None, "cursor": {"control": 1.5, "source": "fci"}})
    expect(chart.locator(".readout-place")).to_contain_text("1.499")
    expect(chart.locator("twin-chart .source.lit").first).to_have_attribute("data-source", "fci")
    chart.evaluate(say, {"from": None, "cursor": None})
    expect(chart.locator(".readout-place")).to_contain_text("0.740")
    chart.evaluate(
        "document.addEventListener('qtwin:cursor', e => (window.heard = e.detail.cursor))"
    )
    left, top, width, _ = box_of(chart)
    chart.mouse.move(left + width / 2, top + 30)
    chart.wait_for_function("window.heard && Math.abs(window.heard.control - 1.35) < 0.1")


def test_a_long_name_of_a_source_wraps_beside_the_curve(chart: Page) -> None:
    name = chart.locator(".weights li span").first
    name.evaluate("name => (name.textContent = 'n'.repeat(120))")
    assert chart.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_earlier_version_and_other_held_values_are_asked_for(chart: Page) -> None:
    element = chart.locator("twin-chart")
    with chart.expect_response(re.compile(r"/twin/curve\?.*version=1")) as asked:
        element.evaluate("chart => chart.setAttribute('version', '1')")
    assert asked.value.json()["version"]["number"] == 1
    chart.route(re.compile("fixed="), lambda route: route.fulfill(json=asked.value.json()))
    with chart.expect_request(re.compile(r"version=1&fixed=angle%3A0\.5")):
        element.evaluate("chart => chart.setAttribute('fixed-angle', '0.5')")


def test_a_tip_stays_in_sight_on_a_phone_and_its_point_leads_to_the_job(
    server: Server, open_tab: Open
) -> None:
    size = {"width": 360, "height": 800}
    page = open_tab(f"/projects/{server.project}", viewport=size).page
    page.locator(DRAWN).wait_for()
    left, top, width, _ = box_of(page)
    for share in (0.995, 0.2):
        found = False
        for y in range(0, 260, 6):
            page.mouse.move(left + 62 + share * (width - 74), top + y)
            page.evaluate("new Promise(requestAnimationFrame)")
            if page.locator("twin-chart .tip").is_visible():
                found = True
                break
        assert found, f"no point near {share}"
        tip = page.locator("twin-chart .tip").bounding_box()
        assert tip is not None
        assert tip["x"] >= 0
        assert tip["x"] + tip["width"] <= 360
    job = page.locator("twin-chart .hot").get_attribute("href")
    assert job is not None
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(server.base + job)


def assert_honest(tip: str, curve: dict[str, Any]) -> None:
    """The mark's mean and error are those of the points that it says it is of."""
    text = tip.replace("−", "-")
    count, source = re.search(r"(\d+) points of (\S+)", text).groups()  # type: ignore[union-attr]  # else it fails
    mean, error, _, _, first, last = map(float, re.findall(r"-?\d+\.\d+", text))
    rows = [
        (p["x"], p["value"], p["std"])
        for p in curve["points"]
        if p["source"] == source and first - 5e-4 <= p["x"] <= last + 5e-4
    ]
    assert len(rows) == int(count)
    x, y, std = np.array(rows).T
    assert mean == pytest.approx(y.mean(), abs=error / 3)
    residuals = y - np.interp(x, curve["x"], curve["mean"])
    stated, seen = np.sqrt(np.sum(std**2)) / len(y), residuals.std(ddof=1) / np.sqrt(len(y))
    assert error == pytest.approx(max(stated, seen), rel=0.12)  # it has one or two figures


def test_many_points_are_few_marks_until_they_are_looked_at_closely(
    server: Server, open_tab: Open
) -> None:
    server.act("lots", "2400", "12")
    tab = open_tab(f"/projects/{server.project}")
    page = tab.page
    page.locator(DRAWN).wait_for()
    expect(page.locator("twin-chart .key")).to_contain_text(
        "a mark is the mean of a source’s points within"
    )
    marks = page.locator("twin-chart .plot > .points").first.locator('[data-source="lab-01"]')
    points, drawn = (int(marks.get_attribute(f"data-{n}") or "0") for n in ("points", "marks"))
    assert points == 200
    assert drawn < 110, "at most one in a column of 8 pixels"
    kinds = page.locator(".legend-item svg").evaluate_all("all => all.map(one => one.outerHTML)")
    assert len(set(kinds)) == len(kinds) == 18, "each source has a colour and shape of its own"

    path = marks.locator(".mark").get_attribute("d") or ""
    x, y = map(float, path.removeprefix("M").split("m")[0].split(","))
    page.locator('[data-source="lab-01"].legend-item').click(modifiers=["Shift"])
    marks = page.locator("twin-chart .plot > .points").first.locator('[data-source="lab-01"]')
    expect(marks).to_have_attribute("data-marks", "200")  # alone they are few enough
    page.locator('[data-source="lab-01"].legend-item').click(modifiers=["Shift"])
    page.locator('[data-source="lab-01"].legend-item').click(modifiers=["Shift"])
    page.locator('[data-source="lab-01"].legend-item').click(modifiers=["Shift"])
    expect(marks).to_have_attribute("data-marks", str(drawn))
    left, top, _, _ = box_of(page)
    page.mouse.move(left + x, top + y)
    expect(page.locator("twin-chart .tip")).to_contain_text(re.compile(r"\d+ points of "))
    assert_honest(page.locator("twin-chart .tip").inner_text(), curve_of(page, server))
    page.mouse.down()
    page.mouse.up()
    low, high = range_of(page)
    assert high - low == pytest.approx(2.2 / 4)
    expect(page.locator("twin-chart .key")).not_to_contain_text("a mark is the mean")
    figure(page).get_by_text("Data table").click()
    expect(page.get_by_role("region", name="Points")).to_contain_text("Imported")
    expect(figure(page)).to_contain_text("The first 500 of")
    assert_fits(page)


def test_nothing_moves_when_the_curve_comes(server: Server, open_tab: Open) -> None:
    page = open_tab(f"/projects/{server.project}").page
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/twin/curve?*", hold)
    page.reload()
    page.get_by_text("Loading the twin…").wait_for()
    before = figure(page).bounding_box()
    held.pop().continue_()
    page.locator(DRAWN).wait_for()
    page.wait_for_function("document.querySelector('twin-chart .chart-message').hidden")
    assert before is not None
    after = figure(page).bounding_box()
    assert after is not None
    assert abs(after["height"] - before["height"]) < 40  # a line of a legend more or less


def test_places_of_a_small_range_are_told_apart(server: Server, open_tab: Open) -> None:
    page = open_tab(f"/projects/{server.project}").page

    def shrink(route: Any) -> None:
        curve = route.fetch().json()
        for end in ("lower", "upper"):
            curve["control"][end] /= 1e4
        curve["x"] = [x / 1e4 for x in curve["x"]]
        curve["points"] = []
        route.fulfill(json=curve)

    page.route("**/twin/curve?*", shrink)
    page.reload()
    expect(page.locator(".readout-place")).to_contain_text("0.0000740 Å")
