"""A real server with real data, and a Chromium that is signed in to it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, NAMES, chromium

ROOT = Path(__file__).resolve().parents[2]
START_S = 30

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});
"""


@dataclass
class Server:
    """A uvicorn process over its own data folder."""

    base: str
    environment: dict[str, str]
    project: str = ""

    def act(self, *words: str) -> dict[str, Any]:
        """Do something to the server's data in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.act", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


@pytest.fixture(scope="module")
def executable() -> str:
    path = chromium()
    if path is None:
        reason = f"no Chromium on PATH (looked for {', '.join(NAMES)})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
def server(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "qtwin.config.settings",
        "QTWIN_DATA_DIR": str(folder),
        "QTWIN_DATABASE": str(folder / "qtwin.sqlite3"),
    }
    _manage(environment, "migrate", "--verbosity=0")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", environment)
    seeded = server.act("seed")
    assert set(seeded["jobs"]) == {"DONE"}, seeded
    command = ["uvicorn", "qtwin.config.asgi:application", f"--port={port}"]
    command += ["--log-level=warning", "--timeout-graceful-shutdown=1"]
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment) as process:
        try:
            _wait(server.base, process)
            yield server
        finally:
            process.terminate()


def _manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(f"{base}/api/v1/health/live", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"no answer from {base} within {START_S} s")


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
