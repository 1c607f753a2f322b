"""Rows of controls of which some run and the others are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qtwin.projects.models import Control


def held_at(
    controls: Sequence[Control], free: Sequence[Control], fixed: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Where each control that is not free is held: at ``fixed``, or the middle of its range."""
    running, given = {control.name for control in free}, fixed or {}
    return {
        control.name: given.get(control.name, (control.lower + control.upper) / 2)
        for control in controls
        if control.name not in running
    }


def place(controls: Sequence[Control], values: Mapping[str, float]) -> list[float]:
    """Values by name as a row, in the order of the controls."""
    return [values[control.name] for control in controls]
