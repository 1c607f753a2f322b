"""Recordings of our own making: what the loopback vendors answered once, kept as it came."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
CITATION = "Made with the loopback vendors of QTwin's tests; no device was asked"
LICENCE = "Apache-2.0"


def recording(vendor: str) -> bytes:
    """The recording of one vendor's result."""
    return (FOLDER / f"{vendor}.json").read_bytes()
