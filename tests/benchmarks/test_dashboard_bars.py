"""The dashboard with 100,000 jobs in the database: how soon pages paint, and what they weigh."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.benchmarks.conftest import Bar
from tests.browser.conftest import (  # noqa: F401 - fixtures
    Tab,
    browser,
    executable,
    open_tab,
    seeded,
    server,
    session,
)
from tests.browser.server import ROOT, Server

JOBS = 100_000
LOADS = 4
DRAWN = "twin-chart[data-version] .plot"

TIMES = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    const page = performance.getEntriesByType("navigation")[0];
    if (paint) resolve([page.responseStart - page.requestStart, paint.startTime]);
  }).observe({ type: "paint", buffered: true });
})"""
WEIGHT = """() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/static/"))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


@pytest.fixture(scope="module")
def full(server: Server, session: Any) -> Server:  # noqa: F811 - a fixture
    """The server with many jobs more than the demo's."""
    command = [sys.executable, "-m", "tests.benchmarks.many_jobs", str(JOBS)]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True)
    return server


def test_pages_paint_at_once_with_many_jobs(
    full: Server,
    open_tab: Callable[..., Tab],  # noqa: F811 - a fixture
    bar: Bar,
) -> None:
    page = open_tab("/jobs?source=hf&state=succeeded").page
    job = page.locator("#jobs tbody a.strong").first.get_attribute("href") or ""
    addresses = {
        "jobs": "/jobs",
        "jobs that failed": "/jobs?state=failed",
        "projects": "/projects",
        "a project": f"/projects/{full.project}",
        "a job": job.partition("?")[0],
    }
    for what, address in addresses.items():
        served, painted = _times(page, full.base + address)
        bar(f"{what} served", served)
        bar(f"{what} painted", painted)


def test_the_heaviest_page_is_light(
    server: Server,  # noqa: F811 - a fixture
    open_tab: Callable[..., Tab],  # noqa: F811 - a fixture
    bar: Bar,
) -> None:
    page = open_tab(f"/projects/{server.project}").page
    page.locator(DRAWN).wait_for()
    bar("assets", page.evaluate(WEIGHT) / 1000)


def _times(page: Page, address: str) -> tuple[float, float]:
    """The least of several loads, in milliseconds: to the first byte, and to the first paint."""
    loads = []
    for _ in range(LOADS):
        page.goto(address)
        loads.append(page.evaluate(TIMES))
    return min(one[0] for one in loads), min(one[1] for one in loads)
