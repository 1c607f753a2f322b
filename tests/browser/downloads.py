"""Takes the files that a chart's frame offers."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page


def download(page: Page, chart: str, kind: str, folder: Path) -> Path:
    """The file behind a line of the menu of the chart with this name, such as "SVG" or "CSV"."""
    figure = page.get_by_role("figure", name=chart, exact=True)
    figure.get_by_label(f"Download {chart}").click()
    with page.expect_download() as waiting:
        figure.get_by_role("button", name=kind, exact=True).click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target
