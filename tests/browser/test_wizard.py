"""A new project of each kind in a real Chromium: with errors while one types, by keyboard alone,
and without any script.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Server, Tab
from tests.browser.looks import assert_accessible, assert_fits, assert_looks

pytestmark = pytest.mark.browser
STEPS = ("system", "know", "sources", "review")

FOCUSED = """() => {
  const active = document.activeElement;
  return [active, ...(active.labels ?? [])].map((one) => one.textContent).join(" ");
}"""
"""What is told of what has the focus."""


def begin(page: Page, template: str) -> None:
    page.get_by_role("button", name=template).click()
    page.wait_for_url("**/system")


def written(page: Page) -> Locator:
    """What is told of the system beside its form."""
    return page.locator("#written")


def go_on(page: Page, step: str) -> None:
    page.get_by_role("button", name="Continue", exact=True).last.click()
    page.wait_for_url(f"**/{step}")


def create(page: Page, name: str) -> None:
    page.get_by_role("button", name="Create the project").click()
    page.wait_for_url(re.compile(r"/projects/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_molecule_with_what_is_wrong_said_while_one_types(
    server: Server, open_tab: Callable[..., Tab]
) -> None:
    page = open_tab("/projects").page
    page.get_by_role("link", name="New project").click()
    assert_looks(page)
    begin(page, "H2 dissociation")
    expect(page.get_by_text("Being computed by a worker")).to_be_visible()
    server.act("previews")
    expect(written(page)).to_contain_text("15 Pauli words")
    atoms = page.get_by_role("textbox", name="Atoms")
    atoms.fill("H 0 0 0\nX 0 0 bond_length")
    atoms.blur()
    expect(page.locator("#f-atoms-wrong")).to_contain_text("entry 2, element")
    expect(atoms).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(atoms).to_have_value("H 0 0 0\nX 0 0 bond_length")
    atoms.fill("H 0 0 0\nH 0 0 bond_length")
    expect(written(page)).to_contain_text("15 Pauli words")
    expect(atoms).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("molecule-view svg").first).to_be_visible()
    assert_looks(page)
    go_on(page, "know")
    upper = page.get_by_label("To / Å")
    upper.fill("0.1")
    upper.blur()
    expect(page.locator("#c-bond_length-upper-wrong")).to_contain_text("allowed: more than")
    upper.fill("2")
    expect(page.locator("#c-bond_length-upper-wrong")).to_be_empty()
    assert_looks(page)
    go_on(page, "sources")
    page.get_by_role("checkbox", name="CCSD(T)").check()
    expect(page.locator("#sum")).to_contain_text("of 7 sources")
    assert_looks(page)
    go_on(page, "review")
    assert_looks(page)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("checkbox", name="CCSD(T)")).to_be_checked()
    go_on(page, "review")
    create(page, "H2 dissociation")
    expect(page.locator("#sources")).to_contain_text("CCSD(T)")


def test_a_spin_lattice_by_keyboard_alone(open_tab: Callable[..., Tab]) -> None:
    page = open_tab("/projects/new").page

    def tab_to(text: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            if text in found:
                return
        pytest.fail(f"Tab never reaches {text!r}")

    tab_to("Heisenberg chain")
    page.keyboard.press("Enter")
    page.wait_for_url("**/system")
    tab_to("Sites")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.wait_for_url("**/know")
    tab_to("Label")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sources")
    tab_to("Points")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    tab_to("Create the project")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/projects/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Heisenberg chain")


def test_electrons_on_a_lattice_without_script(
    server: Server, browser: Browser, session: Any
) -> None:
    context = browser.new_context(storage_state=session, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.base}/projects/new")
    begin(page, "Hubbard dimer")
    electrons = page.get_by_label("Electrons up, down")
    electrons.fill("3, 3")
    page.get_by_role("button", name="Continue", exact=True).last.click()
    expect(page.locator("#f-electrons-wrong")).to_contain_text("allowed")
    electrons.fill("1, 1")
    go_on(page, "know")
    page.get_by_role("button", name="Back").click()
    expect(written(page)).to_contain_text("11 Pauli words")
    for step in STEPS[1:]:
        go_on(page, step)
    create(page, "Hubbard dimer")
    context.close()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Rydberg square", "28 Pauli words"),
        ("QAOA on a ring", "Being computed by a worker"),
        ("A Hamiltonian of my own", "5 Pauli words"),
    ],
)
def test_every_other_kind(open_tab: Callable[..., Tab], template: str, said: str) -> None:
    page = open_tab("/projects/new").page
    begin(page, template)
    expect(written(page)).to_contain_text(said)
    assert_fits(page)
    assert_accessible(page, template)
    for step in STEPS[1:]:
        go_on(page, step)
    create(page, template)
