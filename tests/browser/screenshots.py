"""Takes the pictures of the dashboard: make screenshots ARGS="FOLDER [--only TEXT]".

A server of its own is filled with the demo projects, measured by all of their sources, and with one
of everything else. FOLDER (build/screenshots) gets every page in every look, and the states that a
reader should not meet often: empty, loading, refused, gone.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import django
from playwright.sync_api import Browser, Page, Route, sync_playwright

import tests.environment  # noqa: F401 - keys and settings of tests
from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.pages import pages
from tests.browser.server import Server, environment_of, running

WAIT_MS = 10_000
SETTLE_MS = 300
CHARTS = "twin-chart:not([data-version]), [data-loading]"


@dataclass(frozen=True, slots=True)
class Look:
    name: str
    scheme: Literal["light", "dark"]
    width: int
    height: int = 860


LOOKS = (Look("light", "light", 1280), Look("dark", "dark", 1280), Look("narrow", "light", 360))


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture in each look.

    Attributes:
        name: Of the file.
        address: Of the page.
        session: Cookies; None for who is not signed in.
        stop: What of the API never answers (``stall``) or fails (``fail``), by a pattern.
        type: What is typed into fields by their name, before the form is sent.
        height: Of the part at the top that the documentation shows, px; None for the whole page.
    """

    name: str
    address: str
    session: Any = None
    stop: Mapping[str, Literal["stall", "fail"]] = field(default_factory=dict)
    type: Mapping[str, str] = field(default_factory=dict)
    height: int | None = None


def take(folder: Path, only: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        data = Path(place)
        Server("", environment_of(data)).act("tables")
        with running(data) as server, _chromium(playwright) as browser:
            for shot in _shots(server, browser):
                if only in shot.name:
                    for look in LOOKS:
                        yield _photograph(server, browser, shot, look, folder)


@contextmanager
def _chromium(playwright: Any) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


def _shots(server: Server, browser: Browser) -> Iterator[Shot]:
    server.act("demos")
    ids = server.act("scene")
    server.act("work")
    owner = _signed_in(server, browser, server.act("link")["link"])
    new = server.act("newcomer")
    newcomer = _signed_in(server, browser, new["link"])
    context = browser.new_context(storage_state=owner)
    every = list(pages(context.request, server.base, ids))
    projects = _projects(context.request, server.base)
    device = _job_on(context.request, server.base, "fake-ibm")
    context.close()
    trained = server.act("trained")
    yield Shot("docs-world", f"/worlds/{trained['world']}", owner, height=1000)
    start = f"/worlds?project={trained['project']}&start=control"
    yield Shot("new-world", start, owner)
    for address in every:
        yield Shot(_name(address, ids), address, owner)
    for name, project in projects.items():
        yield Shot(f"project-{name}", f"/projects/{project}", owner)
    for step in ("know", "sources", "review"):
        yield Shot(f"new-project-{step}", f"/projects/new/{ids['draft_id']}/{step}", owner)
    yield Shot("docs-project", f"/projects/{projects['h2-dissociation']}", owner, height=1250)
    ising = projects["transverse-field-ising-ring"]
    yield Shot("docs-ising", f"/projects/{ising}", owner, height=1250)
    yield Shot("docs-jobs", "/jobs", owner, height=820)
    yield Shot("docs-job", f"/jobs/{device}", owner, height=920)
    yield Shot("docs-new", "/projects/new", owner, height=820)
    project, job = ids["project_id"], ids["job_id"]
    yield Shot("state-loading-project", f"/projects/{project}", owner, stop={"**/twin/**": "stall"})
    yield Shot("state-error-project", f"/projects/{project}", owner, stop={"**/twin/**": "fail"})
    yield Shot("state-refused-job", f"/projects/{project}/new-job", owner, type={"points": "99"})
    yield Shot("state-refused-job-page", f"/jobs/{job}?at=nothing", owner)
    yield Shot("state-none-jobs", "/jobs?state=failed", owner)
    for place in ("projects", "jobs", "campaigns", "teams", "inbox", "search?q=nothing"):
        yield Shot(f"state-empty-{re.sub(r'[^a-z].*', '', place)}", f"/{place}", newcomer)
    yield Shot("state-empty-project", f"/projects/{new['project_id']}", newcomer)
    yield Shot("state-empty-team", f"/teams/{new['team_id']}", newcomer)
    for name in ("sign-in", "sign-in/forgot", "nothing", "invitations/gone", "shared/gone"):
        yield Shot(f"outside-{name.replace('/', '-')}", f"/{name}")


def _signed_in(server: Server, browser: Browser, link: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.base + link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.base}/projects")
    state = context.storage_state()
    context.close()
    return state


def _projects(request: Any, base: str) -> dict[str, str]:
    found = request.get(f"{base}/api/v1/projects").json()["results"]
    return {re.sub(r"\W+", "-", one["name"].lower()): one["id"] for one in found}


def _job_on(request: Any, base: str, backend: str) -> str:
    """A job that a backend has ended."""
    found = request.get(f"{base}/api/v1/jobs?state=succeeded&backend={backend}").json()["results"]
    name: str = found[0]["id"]
    return name


def _name(address: str, ids: Mapping[str, str]) -> str:
    """An address as a file's name: ids by what they are of."""
    for name, value in ids.items():
        if len(value) > len("00000000-0000"):
            address = address.replace(value, name.removesuffix("_id"))
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "home"


def _photograph(server: Server, browser: Browser, shot: Shot, look: Look, folder: Path) -> Path:
    context = browser.new_context(
        storage_state=shot.session,
        color_scheme=look.scheme,
        viewport={"width": look.width, "height": shot.height or look.height},
        device_scale_factor=2 if look.width < LOOKS[0].width else 1.5 if not shot.height else 1.1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    for pattern, what in shot.stop.items():
        page.route(pattern, _stall if what == "stall" else _fail)
    page.goto(server.base + shot.address)
    if shot.type:
        _send(page, shot.type)
    if not shot.stop:
        page.wait_for_function("() => document.readyState === 'complete'")
        page.wait_for_function(
            f"() => document.querySelector({CHARTS!r}) === null", timeout=WAIT_MS
        )
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(SETTLE_MS)
    target = folder / f"{shot.name}-{look.name}.png"
    page.screenshot(path=target, full_page=shot.height is None)
    context.close()
    return target


def _send(page: Page, typed: Mapping[str, str]) -> None:
    for name, text in typed.items():
        page.locator(f"main [name={name}]").first.fill(text)
    page.locator("main form [type=submit]").first.click()


def _stall(route: Route) -> None:
    """Never answer."""


def _fail(route: Route) -> None:
    route.fulfill(status=503, body="{}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("build/screenshots"))
    parser.add_argument("--only", default="", help="a part of the pictures' names")
    given = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
    django.setup()  # for the URL configuration
    for path in take(given.folder, given.only):
        print(path, flush=True)  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
