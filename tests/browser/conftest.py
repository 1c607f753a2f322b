"""A real server with real data, and a Chromium that is signed in to it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, NAMES, chromium
from tests.browser.server import ROOT, Server, environment_of, running

__all__ = ["ROOT", "WATCH", "Server", "Tab"]

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});
"""


@pytest.fixture(scope="module")
def executable() -> str:
    path = chromium()
    if path is None:
        reason = f"no Chromium on PATH (looked for {', '.join(NAMES)})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo project measured and fitted; each server starts from a copy."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # made once for all processes of a run
        place = place.parent
    folder, done = place / "seeded", place / "seeded.done"
    with (place / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            seed(Server("", environment_of(folder)))
            done.touch()
    return folder


def seed(server: Server) -> None:
    server.act("tables")
    jobs = server.act("seed")["jobs"]
    assert set(jobs) == {"DONE"}, jobs


@pytest.fixture(scope="module")
def server(
    executable: str, seeded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(seeded, folder, dirs_exist_ok=True)
    with running(folder) as server:
        yield server


@pytest.fixture(scope="module")
def browser(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session(server: Server, browser: Browser) -> Any:
    """The cookies of a person who signed in."""
    answer = server.act("link")
    server.project = answer["project"]
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.base + answer["link"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.base}/projects")
    state = context.storage_state()
    context.close()
    return state


@dataclass
class Tab:
    """A page that remembers what went wrong in it."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Nothing broke and nothing was blocked."""
        assert self.errors == []
        assert self.page.evaluate("window.violations") == []


@pytest.fixture
def open_tab(server: Server, browser: Browser, session: Any) -> Iterator[Callable[..., Tab]]:
    """Open an address signed in; at the end, no tab may have seen an error."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def run(address: str, **options: Any) -> Tab:
        context = browser.new_context(storage_state=session, **options)
        contexts.append(context)
        context.add_init_script(WATCH)
        tab = Tab(context.new_page())
        tabs.append(tab)
        tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
        tab.page.on("console", lambda m: tab.errors.append(m.text) if m.type == "error" else None)
        tab.page.goto(server.base + address)
        return tab

    yield run
    for tab in tabs:
        tab.check()
    for context in contexts:
        context.close()
