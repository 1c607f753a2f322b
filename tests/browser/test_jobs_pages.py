"""Lists and pages of jobs, campaigns and backends in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Tab
from tests.browser.looks import assert_looks

pytestmark = pytest.mark.browser

Open = Callable[..., Tab]
LATE_MS = 10_000


def tick(page: Page, job: str) -> None:
    page.locator(f"#tick-{job}").check()


def test_several_jobs_are_watched_cancelled_retried_and_compared(
    server: Server, open_tab: Open
) -> None:
    tab = open_tab("/jobs?source=hf")
    page = tab.page
    one, other = (server.act("submit", "hf", point)["job"] for point in ("1.31", "1.41"))
    expect(page.locator(f"#jobs tr:has(#job-{one})")).to_contain_text("Queued", timeout=LATE_MS)
    expect(page.locator(f"#job-{other}")).to_be_visible(timeout=LATE_MS)
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_disabled()
    tick(page, one)
    expect(page.locator("[data-ticked]")).to_have_text("1 chosen")
    third = server.act("submit", "hf", "1.51")["job"]
    expect(page.locator(f"#job-{third}")).to_be_visible(timeout=LATE_MS)
    expect(page.locator(f"#tick-{one}")).to_be_checked()  # a live list keeps what was ticked
    tick(page, other)
    cancel.click()
    expect(page.locator("#summary")).to_contain_text("2 jobs cancelled.")
    expect(page.locator(f"#jobs tr:has(#job-{one})")).to_contain_text("Cancelled")
    assert_looks(page)
    tick(page, one)
    tick(page, third)
    page.get_by_role("button", name="Retry", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("1 job retried, 1 refused.")
    expect(page.locator("#summary")).to_contain_text("you cannot retry it")
    server.act("work")
    page.goto(f"{server.base}/jobs?source=hf&state=succeeded")
    page.locator("[data-tick-all]").check()
    for box in page.locator("td.tick input").all()[2:]:
        box.uncheck()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare 2 jobs")
    expect(page.locator("comparison-chart .plot .mark").first).to_be_visible()
    fills = page.eval_on_selector_all(
        "comparison-chart .plot .mark", "marks => marks.map((one) => getComputedStyle(one).fill)"
    )
    assert len(set(fills)) == 2  # a colour for each job, and black for none
    assert "rgb(0, 0, 0)" not in fills
    assert_looks(page)
    tab.check()


def test_a_job_says_where_its_time_went(server: Server, open_tab: Open) -> None:
    page = open_tab("/jobs?state=succeeded").page
    page.locator("#jobs tbody a.strong").first.click()
    bar = page.locator("#gantt .gantt-bar").first
    bar.focus()
    expect(bar.locator(".gantt-tip")).to_be_visible()
    first = page.url
    page.get_by_role("link", name="Next").click()
    expect(page).not_to_have_url(first)
    assert page.url.endswith("?state=succeeded")


def test_jobs_are_filtered_and_acted_on_without_a_script(server: Server, open_tab: Open) -> None:
    job = server.act("submit", "mp2", "1.61")["job"]
    page = open_tab("/jobs", java_script_enabled=False).page
    page.get_by_label("Backend").select_option("pyscf")
    page.get_by_role("button", name="Filter").click()
    page.locator(f"#tick-{job}").check()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("1 job cancelled.")


@pytest.mark.slow
def test_a_campaign_and_a_paid_backend_have_every_look(server: Server, open_tab: Open) -> None:
    made = server.act("campaign", "hf", "0.57", "0.67")["campaign"]
    server.act("work")
    page = open_tab(f"/campaigns/{made}").page
    expect(page.locator("#gantt tbody tr")).to_have_count(2)
    assert_looks(page)
    page.goto(f"{server.base}/backends/braket")
    assert_looks(page)
