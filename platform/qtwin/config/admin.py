"""``qtwin-admin``: Django's command line, on the server whose settings are in the environment."""

from __future__ import annotations

import sys

from django.core.management import execute_from_command_line

from qtwin.config.start import WRONG, settings_are_right


def main() -> int:
    """Run one command; returns the exit status."""
    if not settings_are_right():
        return WRONG
    execute_from_command_line(sys.argv)
    return 0
