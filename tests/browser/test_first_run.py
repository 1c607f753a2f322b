"""From the first visit to the first twin; a token that works; and a job without any script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import WATCH, Server, Tab
from tests.browser.looks import assert_looks

pytestmark = pytest.mark.browser

DRAWN = "twin-chart[data-version] .plot"


def test_somebody_new_comes_to_a_first_twin(server: Server, browser: Browser) -> None:
    tab = Tab(browser.new_context().new_page())
    page = tab.page
    page.add_init_script(WATCH)
    page.on("console", lambda m: tab.errors.append(m.text) if m.type == "error" else None)
    page.goto(server.base + server.act("newcomer")["link"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/projects")
    page.get_by_role("link", name="New project").first.click()
    page.get_by_role("button", name="H2 dissociation").click()
    for step in ("know", "sources", "review"):
        page.get_by_role("button", name="Continue", exact=True).last.click()
        page.wait_for_url(f"**/{step}")
    page.get_by_role("button", name="Create the project").click()
    page.wait_for_url(re.compile(r"/projects/[0-9a-f-]{36}$"))
    expect(page.locator("#headline")).to_contain_text("No twin yet")
    expect(page.locator("#project-state")).to_contain_text("Nothing is measured yet")
    server.act("work")
    page.locator(DRAWN).wait_for()
    expect(page.locator("#headline")).to_contain_text(re.compile("−1.1[0-9]+ ± .* hartree, from"))
    expect(page.locator("#project-state")).to_contain_text("Twin is up to date")
    assert_looks(page)
    tab.check()
    page.context.close()


def test_a_token_is_made_and_used(server: Server, open_tab: Callable[..., Tab]) -> None:
    page = open_tab("/account/tokens").page
    page.get_by_role("link", name="New token").click()
    page.get_by_label("Name").fill("laptop")
    assert_looks(page)
    page.get_by_role("button", name="Make").click()
    token = page.locator("pre").first.inner_text().strip()
    assert_looks(page)
    request = Request(f"{server.base}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=10) as answer:
        assert json.load(answer)["email"] == "demo@qtwin.localhost"
    page.reload()
    assert token not in page.content()


def test_a_job_is_submitted_without_a_script(
    server: Server, browser: Browser, session: Any
) -> None:
    context = browser.new_context(storage_state=session, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.base}/projects/{server.project}")
    page.get_by_role("link", name="New job").click()
    page.get_by_label(re.compile("^Source")).select_option("mp2")
    page.get_by_label(re.compile("^Points")).fill("9")
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_role("alert")).to_contain_text("9")
    page.get_by_label(re.compile("^Points")).fill("0.777, 0.888")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("#estimate")).to_contain_text("nothing")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#job-status")).to_contain_text("Queued")
    server.act("work")
    page.reload()
    expect(page.locator("#job-status")).to_contain_text("Succeeded")
    expect(page.locator("#measurements")).to_contain_text("0.8880")
    context.close()
