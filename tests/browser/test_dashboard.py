"""The dashboard in a real Chromium against a real server."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.act import SEED
from tests.browser.conftest import Server, Tab
from tests.browser.downloads import download
from tests.browser.looks import assert_fits

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]
CHART = "Curve and evidence"
DRAWN = "twin-chart[data-version] .plot"


@pytest.fixture
def chart(server: Server, open_tab: Open) -> Page:
    """The project's page with its chart drawn."""
    page = open_tab(f"/projects/{server.project}").page
    page.locator(DRAWN).wait_for()
    return page


def drawn(page: Page) -> Counter[str]:
    """How many points of each source the main panel shows."""
    pairs = (
        page.locator("twin-chart .plot > .points")
        .first.locator(".source")
        .evaluate_all("all => all.map(({ dataset }) => [dataset.source, Number(dataset.points)])")
    )
    return Counter(dict(pairs))


def test_a_sign_in_link_works_once(server: Server, browser: Browser) -> None:
    address = server.base + server.act("link")["link"]
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.reload()  # looking at it does not use it up
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server.base}/projects")
    expect(page.get_by_role("link", name="H2 dissociation")).to_be_visible()
    page.locator("#menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("used or has expired")
    context.close()


def test_a_passkey_is_made_and_signs_in(server: Server, browser: Browser) -> None:
    base = server.base.replace("127.0.0.1", "localhost")  # of digits, a host has no passkeys
    context = browser.new_context()
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    able = {"hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind | able})
    page.goto(base + server.act("link")["link"])
    page.get_by_role("button", name="Sign in").click()
    page.goto(base + "/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.locator("#menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{base}/projects")
    page.goto(base + "/account")
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_role("status").first).to_contain_text("The passkey was removed")
    context.close()


def test_the_chart_draws_every_point_of_every_source(chart: Page) -> None:
    assert drawn(chart) == {source: len(points) for source, points in SEED.items()}
    for mark in ("mean", "band-1", "band-95"):
        path = chart.locator(f"twin-chart .plot .{mark}").first.get_attribute("d") or ""
        assert path.startswith("M")
        assert "NaN" not in path
    expect(chart.locator("#headline")).to_contain_text("Calibrated on 7 reference points")
    expect(chart.locator(".headline-value")).to_contain_text("−1.137")


def test_toggling_a_source_hides_its_points_and_a_shared_address_keeps_it(chart: Page) -> None:
    button = chart.locator('.legend-item[data-source="hf"]')
    expect(button).to_have_attribute("aria-pressed", "true")
    button.focus()
    chart.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    assert set(drawn(chart)) == {"mp2", "fci"}
    assert "hide=hf" in chart.url
    chart.reload()
    chart.locator(DRAWN).wait_for()
    assert set(drawn(chart)) == {"mp2", "fci"}


def test_hovering_shows_an_error_budget_that_sums(chart: Page) -> None:
    box = chart.locator("twin-chart .plot").bounding_box()
    assert box is not None
    seen = set()
    for share in (0.3, 0.5, 0.8):
        chart.mouse.move(box["x"] + share * box["width"], box["y"] + 60)
        chart.evaluate("new Promise(requestAnimationFrame)")
        seen.add(chart.locator(".readout-place").inner_text())
        parts = chart.locator(".budget [data-variance]").evaluate_all(
            "rows => rows.map(row => Number(row.dataset.variance))"
        )
        total = float(chart.locator(".budget [data-total]").get_attribute("data-total") or "nan")
        assert len(parts) >= 2
        assert sum(parts) == pytest.approx(total, rel=1e-9)
    assert len(seen) == 3


def test_the_crosshair_is_a_slider_for_the_keyboard(chart: Page) -> None:
    slider = chart.get_by_role("slider")
    slider.focus()
    chart.keyboard.press("End")
    assert float(slider.get_attribute("aria-valuenow") or "nan") == pytest.approx(2.5)
    chart.keyboard.press("Shift+ArrowLeft")
    assert 2.2 < float(slider.get_attribute("aria-valuenow") or "nan") < 2.45
    expect(slider).to_have_attribute("aria-valuetext", re.compile("hartree, 95 % interval"))
    expect(slider).to_be_focused()


def test_the_table_and_the_files_say_what_is_drawn(chart: Page, tmp_path: Path) -> None:
    chart.get_by_role("figure", name=CHART, exact=True).get_by_text("Data table").click()
    expect(chart.locator(".table-box").nth(2).locator("tbody tr")).to_have_count(31)
    names = ("Curve CSV", "Points CSV", "SVG")
    files = {name: download(chart, CHART, name, tmp_path).read_text() for name in names}
    assert files["SVG"].startswith("<svg")
    assert "style=" not in files["SVG"]
    points = list(csv.DictReader(files["Points CSV"].splitlines()))
    assert Counter(row["source"] for row in points) == drawn(chart)
    for row in csv.DictReader(files["Curve CSV"].splitlines()):
        causes = [float(value) for name, value in row.items() if name.startswith("variance ")]
        assert sum(causes) == pytest.approx(float(row["std"]) ** 2, rel=1e-9)


def test_a_new_measurement_reaches_the_open_page(server: Server, chart: Page) -> None:
    chart.locator('.legend-item[data-source="fci"]').click()
    version = int(chart.locator("twin-chart").get_attribute("data-version") or "0")
    job = server.act("submit", "hf", "0.8123", "1.2345")["job"]
    row = chart.locator(f"#recent-jobs tr:has(#job-{job})")
    expect(row).to_contain_text("Queued", timeout=10_000)
    server.act("work")
    expect(row).to_contain_text("Succeeded", timeout=10_000)
    expect(chart.locator("twin-chart")).to_have_attribute(
        "data-version", str(version + 1), timeout=10_000
    )
    expect(chart.locator("#headline")).to_contain_text(f"version {version + 1}", timeout=10_000)
    assert drawn(chart)["hf"] == len(SEED["hf"]) + 2
    assert "fci" not in drawn(chart), "what the viewer hid stays hidden"


def test_a_queued_job_is_cancelled_from_its_page(server: Server, open_tab: Open) -> None:
    job = server.act("submit", "mp2", "1.111")["job"]
    page = open_tab(f"/jobs/{job}").page
    expect(page.locator("#job-status")).to_contain_text("Queued")
    expect(page.locator("#job-reason")).to_contain_text("waits for a free worker")
    page.get_by_role("button", name="Cancel job").click()
    expect(page.locator("#job-status")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Cancel job")).to_have_count(0)


def test_a_campaign_fits_a_phone_and_follows_its_jobs(server: Server, open_tab: Open) -> None:
    made = server.act("campaign", "hf", "0.55", "0.65", "0.75")
    size = {"width": 360, "height": 800}
    page = open_tab(f"/campaigns/{made['campaign']}", viewport=size).page
    expect(page.locator("#entries .cell-waiting")).to_have_count(3)
    assert_fits(page)
    server.act("work")
    expect(page.locator("#campaign-status")).to_contain_text("Done")
    expect(page.locator("#entries .cell-succeeded")).to_have_count(3)
    page.goto(f"{server.base}/campaigns?project={server.project}")
    expect(page.locator("#campaigns")).to_contain_text("3/3")
    page.locator("#new-schedule").click()
    expect(page.get_by_role("button", name="Make the schedule")).to_be_visible()
    assert_fits(page)


def test_a_refused_button_says_why_on_a_page_that_stays_live(
    server: Server, open_tab: Open
) -> None:
    job = server.act("submit", "mp2", "1.222")["job"]
    late = open_tab(f"/projects/{server.project}")
    late.page.route("**/events/**", lambda route: route.abort())
    late.page.goto(f"{server.base}/jobs/{job}")
    page = open_tab(f"/jobs/{job}").page
    page.get_by_role("button", name="Hold").click()
    expect(page.locator("#job-status")).to_contain_text("Held")
    late.page.unroute("**/events/**")
    late.page.get_by_role("button", name="Hold").click()
    expect(late.page.get_by_role("alert")).to_contain_text("The job is held now")
    page.get_by_role("button", name="Release").click()
    expect(late.page.locator("#job-status")).to_contain_text("Queued", timeout=10_000)
    late.errors.clear()  # the refused request, and the stream that was cut


def test_dark_mode_follows_the_system_until_it_is_chosen(open_tab: Open) -> None:
    page = open_tab("/projects", color_scheme="dark").page
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Theme: follows the system").click()
    light = page.evaluate(background)
    assert light != dark
    page.reload()
    assert page.evaluate(background) == light
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(background) == dark


def test_the_keyboard_goes_everywhere(server: Server, open_tab: Open) -> None:
    page = open_tab("/projects").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(page).to_have_url(f"{server.base}/jobs")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(f"{server.base}/projects")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search", exact=True)).to_be_focused()
    page.keyboard.type("nothing like it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing you may see")).to_be_visible()


def test_the_api_documents_itself_in_the_browser(open_tab: Open) -> None:
    page = open_tab("/api/v1/docs").page
    expect(page.get_by_text("/api/v1/backends").first).to_be_visible(timeout=30_000)
    asked = page.get_by_text("/api/v1/projects/{project_id}/twin:predict")
    for _ in range(100):  # of so many routes, only those in sight are drawn
        if asked.is_visible():
            break
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(50)
    expect(asked).to_be_visible()
