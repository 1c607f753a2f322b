"""Pages of the documentation that an agent may need."""

from __future__ import annotations

from qtwin.shipped import shipped

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


def page_text(name: str) -> str:
    """Markdown of a page.

    Raises:
        FileNotFoundError: It was not installed.
    """
    return (shipped("docs") / f"{name}.md").read_text(encoding="utf-8")
