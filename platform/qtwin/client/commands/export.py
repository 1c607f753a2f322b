"""``qtwin export``: what `qtwin project export` does."""

from __future__ import annotations

from typing import Any

from qtwin.client.commands import project


def add(commands: Any) -> None:
    """Add the command to a parser."""
    project.add_export(commands)
