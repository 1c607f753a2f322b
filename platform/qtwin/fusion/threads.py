"""One thread of linear algebra: faster for matrices of a fit's size, and always the same bits."""

from __future__ import annotations

import os

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
"""Environment that decides it, read when numpy is first imported."""


def one_thread() -> None:
    """Ask for it in this process, unless somebody asked for another number."""
    for name, number in ONE_THREAD.items():
        os.environ.setdefault(name, number)
