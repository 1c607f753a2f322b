"""The comparison as it was written down before its first run."""

from __future__ import annotations

import json
from pathlib import Path

from qtwin.worlds.transfer.comparison import Registration

FILE = Path(__file__).with_name("registration.json")


def registration() -> Registration:
    """What was registered."""
    return Registration.parse(json.loads(FILE.read_text()))
