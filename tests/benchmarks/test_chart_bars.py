"""The dashboard in a Chromium: 10,000 points in one chart without jank."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page

from tests.benchmarks.conftest import Bar
from tests.browser.conftest import (
    Server,
    Tab,
    browser,
    executable,
    open_tab,
    seeded,
    server,
    session,
)

pytestmark = pytest.mark.browser

__all__ = ["browser", "executable", "open_tab", "seeded", "server", "session"]

Open = Callable[..., Tab]
DRAWN = "twin-chart[data-version] .plot"
POINTS, SOURCES = 10_000, 8
LOADS = 3

PAINTED = """() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [paint.startTime, performance.now()];
}"""

WATCH = """() => {
  window.frames = [];
  window.long = [];
  let last = performance.now();
  const tick = (now) => {
    window.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => window.long.push(...list.getEntries().map((e) => e.duration)))
    .observe({ entryTypes: ["longtask"] });
}"""


def test_ten_thousand_points_in_a_chart(bar: Bar, server: Server, open_tab: Open) -> None:
    assert server.act("lots", str(POINTS), str(SOURCES))["measurements"] == POINTS
    address = f"/projects/{server.project}"
    loads = []
    for _ in range(LOADS):  # the first also starts the predictor; others' work only adds
        page = open_tab(address).page
        page.locator(DRAWN).wait_for()
        loads.append(page.evaluate(PAINTED))
    paint, drawn = (min(times) for times in zip(*loads, strict=True))
    bar("chart painted", paint)
    bar("chart drawn", drawn)
    page.evaluate(WATCH)
    for what, act in (("hovering", hover), ("zooming", zoom), ("moving along", pan)):
        frames, long, busy = measured(page, act)
        bar(f"{what} work", busy / len(frames))
        p95 = sorted(frames)[int(0.95 * len(frames))]
        bar(f"{what} frames", p95, note=f"{len(frames)} frames")
        bar(f"{what} longest", max(long, default=0.0))


def measured(page: Page, act: Callable[[Page], None]) -> tuple[list[float], list[float], float]:
    """Milliseconds while it was done: between frames, of long tasks, and of work by the processor.

    The last is the page's own, also where others want the processor.
    """
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.wait_for_timeout(500)
    page.evaluate("[window.frames.length, window.long.length] = [0, 0]")
    before = worked(devtools)
    act(page)
    frames, long = page.evaluate("[window.frames.slice(), window.long.slice()]")
    return frames, long, worked(devtools) - before


def worked(devtools: CDPSession) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def corner(page: Page) -> tuple[float, float, float]:
    page.locator("twin-chart .plot").evaluate("plot => plot.scrollIntoView()")
    box = page.locator("twin-chart .plot").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"]


def hover(page: Page) -> None:
    left, top, width = corner(page)
    page.mouse.move(left + 80, top + 200)
    for step in range(4):
        page.mouse.move(left + (0.95 if step % 2 == 0 else 0.1) * width, top + 200, steps=60)


def zoom(page: Page) -> None:
    left, top, width = corner(page)
    page.mouse.move(left + 0.4 * width, top + 100)
    page.keyboard.down("Control")
    for step in range(60):
        page.mouse.wheel(0, -10 if step % 40 < 20 else 10)
        page.wait_for_timeout(16)
    page.keyboard.up("Control")


def pan(page: Page) -> None:
    left, top, width = corner(page)
    for start, end in ((0.8, 0.2), (0.2, 0.8)):
        page.mouse.move(left + start * width, top + 100)
        page.keyboard.down("Shift")
        page.mouse.down()
        page.mouse.move(left + end * width, top + 100, steps=60)
        page.mouse.up()
        page.keyboard.up("Shift")
