"""Takes the pictures of the dashboard: python -m tests.browser.screenshots BASE-URL LINK FOLDER.

LINK is a one-time sign-in link, as a path or a whole address. FOLDER gets a PNG per page and look.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, chromium


@dataclass(frozen=True, slots=True)
class Look:
    name: str
    scheme: Literal["light", "dark"]
    width: int
    height: int


LOOKS = (
    Look("light", "light", 1280, 860),
    Look("dark", "dark", 1280, 860),
    Look("narrow", "light", 400, 860),
    Look("narrow-dark", "dark", 400, 860),
)


DEMOS = {
    "project": "H2 dissociation",
    "ising": "Transverse-field Ising ring",
    "rydberg": "Rydberg chain",
}


def take(base: str, link: str, folder: Path) -> list[Path]:
    """Sign in once and photograph every page in every look."""
    folder.mkdir(parents=True, exist_ok=True)
    path = link.removeprefix(base.rstrip("/"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        state = folder / ".session.json"
        try:
            _sign_in(browser, base, path, state)
            pages = _addresses(browser, base, state)
            taken = []
            for look in LOOKS:
                for name, address in pages.items():
                    target = folder / f"{name}-{look.name}.png"
                    cookies = None if name == "sign-in" else state
                    _photograph(browser, base + address, look, cookies, target)
                    taken.append(target)
            return taken
        finally:
            state.unlink(missing_ok=True)
            browser.close()


def _sign_in(browser: Browser, base: str, link: str, state: Path) -> None:
    page = browser.new_page()
    page.goto(base + link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{base}/projects")
    page.context.storage_state(path=state)
    page.context.close()


def _addresses(browser: Browser, base: str, state: Path) -> dict[str, str]:
    page = browser.new_page(storage_state=state)
    page.goto(f"{base}/projects")
    demos = {
        name: page.get_by_role("link", name=title).get_attribute("href") or "/projects"
        for name, title in DEMOS.items()
    }
    page.goto(f"{base}/jobs?state=succeeded")
    job = page.locator("#jobs tbody a").first
    addresses = {"sign-in": "/sign-in", "projects": "/projects", **demos}
    addresses |= {"jobs": "/jobs", "missing": "/nothing"}
    if job.count():
        addresses["job"] = job.get_attribute("href") or "/jobs"
    page.context.close()
    return addresses


def _photograph(
    browser: Browser, address: str, look: Look, state: Path | None, target: Path
) -> None:
    page: Page = browser.new_page(
        storage_state=state,
        color_scheme=look.scheme,
        viewport={"width": look.width, "height": look.height},
        device_scale_factor=2 if look.width < 600 else 1.5,
    )
    page.goto(address)
    page.evaluate("document.fonts.ready")
    if page.locator("twin-chart").count():
        page.locator("twin-chart[data-version] .plot").wait_for()
    page.wait_for_timeout(300)
    page.screenshot(path=target, full_page=True)
    page.context.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="for example http://127.0.0.1:8000")
    parser.add_argument("link", help="a one-time sign-in link")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    for path in take(given.base.rstrip("/"), given.link, given.folder):
        print(path)  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
