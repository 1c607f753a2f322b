"""What every physical system can say about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.control import Control
from backends.systems.document import is_number
from backends.systems.observable import ObservableSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class System(ABC):
    """A family of Hamiltonians over ``C`` controls."""

    kind: ClassVar[str]
    controls: tuple[Control, ...]

    @property
    @abstractmethod
    def observables(self) -> tuple[ObservableSpec, ...]:
        """The observables that may be asked for."""

    @property
    def primary(self) -> tuple[str, ...]:
        """Names of the observables that are meant where none is named: the first."""
        return tuple(observable.name for observable in self.observables[:1])

    @property
    def middle(self) -> FloatArray:
        """The point in the middle of the controls' ranges, shape ``(1, C)``."""
        return np.array([[(control.lower + control.upper) / 2 for control in self.controls]])

    def along(self, control: int, count: int) -> FloatArray:
        """Points at which one control goes through its range, the others in the middle of theirs.

        Returns:
            Shape ``(count, C)``.
        """
        points = np.repeat(self.middle, count, axis=0)
        one = self.controls[control]
        points[:, control] = np.linspace(one.lower, one.upper, count)
        return points

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """JSON document from which `backends.systems.load` makes an equal system."""

    def _within(self, points: Sequence[Sequence[float]] | FloatArray) -> bool:
        """Whether all points are plainly allowed; where they are not, one by one tells why."""
        width = len(self.controls)
        if isinstance(points, np.ndarray):
            plain = points.shape[1:] == (width,) and points.dtype.kind in "fi"
        else:
            rows = all(isinstance(row, list | tuple) and len(row) == width for row in points)
            plain = rows and {type(value) for row in points for value in row} <= {int, float}
        if not plain:
            return False
        try:
            table = np.asarray(points, dtype=np.float64).reshape(len(points), width)
        except OverflowError:
            return False
        lower, upper = ([getattr(c, side) for c in self.controls] for side in ("lower", "upper"))
        return bool(((lower <= table) & (table <= upper)).all())

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points that are not finite, not of width ``C`` or outside the controls' bounds.

        Args:
            points: Shape ``(P, C)``, each column in its control's unit.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3/0``.
        """
        if self._within(points):
            return
        for row, point in enumerate(points):
            values = point.tolist() if isinstance(point, np.ndarray) else point
            if not isinstance(values, list | tuple) or len(values) != len(self.controls):
                raise ProgramRejected(
                    f"{values!r} is not allowed; allowed: one number for each of "
                    + (", ".join(control.name for control in self.controls) or "no controls"),
                    field=f"/points/{row}",
                )
            for column, (control, value) in enumerate(zip(self.controls, values, strict=True)):
                if not is_number(value) or not control.lower <= value <= control.upper:
                    raise ProgramRejected(
                        f"{control.name} = {value!r}; allowed: {control.lower:g} to "
                        f"{control.upper:g} {control.unit}",
                        field=f"/points/{row}/{column}",
                    )
