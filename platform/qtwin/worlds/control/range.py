"""A control of a schedule, and how far it may go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRange:
    """A driven quantity between bounds.

    Attributes:
        start: What it starts from; None holds its first knot.
        stop: What it ends at; None holds its last knot.
        slew: Largest change per unit of time; infinite where nothing limits it.
    """

    name: str
    unit: str
    lower: float
    upper: float
    start: float | None
    stop: float | None
    slew: float = np.inf

    @classmethod
    def parse(cls, document: Document, name: str, unit: str, slew: float) -> ControlRange:
        """Read ``lower``, ``upper`` and ``ends``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only("lower", "upper", "ends")
        lower, upper = document.number("lower"), document.number("upper")
        if not lower < upper:
            raise ProgramRejected(
                f"upper = {upper:g}; allowed: more than lower = {lower:g} {unit}",
                field=document.at("upper"),
            )
        ends = document.items("ends", 2, 2, (None, None))
        for index, end in enumerate(ends):
            if end is not None and not (is_number(end) and lower <= end <= upper):
                raise ProgramRejected(
                    f"{shown(end)}; allowed: null, or {lower:g} to {upper:g} {unit}",
                    field=f"{document.at('ends')}/{index}",
                )
        start, stop = (None if end is None else float(end) for end in ends)
        return cls(
            name=name, unit=unit, lower=lower, upper=upper, start=start, stop=stop, slew=slew
        )

    def to_dict(self) -> dict[str, object]:
        """The fields that `parse` reads."""
        free = self.start is None and self.stop is None
        ends = {} if free else {"ends": [self.start, self.stop]}
        return {"lower": self.lower, "upper": self.upper, **ends}
