"""What a backend's declared capabilities rule out. Loads no SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected
from backends.schema import Experiment

if TYPE_CHECKING:
    from backends.base import Capabilities


def check_knobs(name: str, able: Capabilities, experiment: Experiment) -> None:
    """Reject knobs that the backend does not have, and values outside their bounds.

    Raises:
        ProgramRejected: Names the knob, the value and the bounds.
    """
    bounds = {knob: (low, high) for knob, low, high in able.knobs}
    for column, knob in enumerate(experiment.knobs):
        if knob not in bounds:
            raise ProgramRejected(
                f"{name} has no knob {knob!r}; allowed: {', '.join(bounds) or 'none'}",
                field="/knobs",
            )
        low, high = bounds[knob]
        for row, value in enumerate(experiment.knob_values[:, column]):
            if not low <= value <= high:
                raise ProgramRejected(
                    f"{knob} = {value:g} is outside {low:g} to {high:g}",
                    field=f"/knobs/{knob}/{row}",
                )


def check_settings(name: str, able: Capabilities, settings: Mapping[str, Any]) -> None:
    """Reject settings that the backend does not have, and values that they may not take.

    Raises:
        ProgramRejected: Names the setting, the value and the allowed values.
    """
    allowed = dict(able.settings)
    for setting, value in settings.items():
        if setting not in allowed:
            raise ProgramRejected(
                f"{name} has no setting {setting!r}; allowed: {', '.join(allowed) or 'none'}",
                field=f"/settings/{setting}",
            )
        values = allowed[setting]
        if values is not None and value not in values:
            known = ", ".join(map(str, values)) if isinstance(values, tuple) else str(values)
            raise ProgramRejected(
                f"{setting} = {value!r}; allowed: {known}", field=f"/settings/{setting}"
            )
