"""Units of what follows from an observable and a control."""

from __future__ import annotations

from qtwin.fusion.unit import PURE
from qtwin.projects.models import Control, Observable


def derivative_unit(observable: Observable, control: Control, order: int) -> str:
    """Unit of a derivative, as ``hartree/angstrom^2``."""
    if order == 0 or control.unit in PURE:
        return observable.unit
    over = _one_word(control.unit) + (f"^{order}" if order > 1 else "")
    return f"{'1' if observable.unit in PURE else observable.unit}/{over}"


def integral_unit(observable: Observable, control: Control, order: int) -> str:
    """Unit of the integral of a derivative over its control, as ``hartree*angstrom``."""
    if order == 1 or control.unit in PURE:
        return observable.unit
    if observable.unit in PURE:
        return control.unit
    return f"{observable.unit}*{_one_word(control.unit)}"


def _one_word(unit: str) -> str:
    return f"({unit})" if "/" in unit else unit
