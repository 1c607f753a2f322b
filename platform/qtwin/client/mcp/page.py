"""Pages of the documentation that an agent may need."""

from __future__ import annotations

import sysconfig
from pathlib import Path

PAGES = {
    "budgets": "Who may spend what, and what a job costs",
    "curves": "Questions about the curve",
    "imports": "Data that were measured elsewhere",
    "jobs": "States of a job, and why nothing is bought twice",
    "mathematics": "The twin's mathematics",
    "mcp": "How an agent works with QTwin",
    "plan": "What to measure next",
    "sources": "Methods and backends with their limits and errors",
}
CHECKOUT = Path(__file__).parents[4] / "docs"
INSTALLED = Path(sysconfig.get_path("data")) / "share" / "qtwin" / "docs"
"""Where a wheel puts them."""


def page_text(name: str) -> str:
    """Markdown of a page.

    Raises:
        FileNotFoundError: It was not installed.
    """
    folder = CHECKOUT if (CHECKOUT / "mcp.md").is_file() else INSTALLED
    return (folder / f"{name}.md").read_text(encoding="utf-8")
