"""Which device of a twin a world is of, and at which point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.worlds.mitigation.prices import at_least

UNIT = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The field ``device`` of a document.

    Attributes:
        source: Name of a device that was measured at several noise gains.
        point: In canonical units, length D; one that it has measured.
        unit: Of the observable.
        deviation: Standard deviation of one shot; None takes half the observable's range.
        circuit_spread: Standard deviation between circuits at gain 1; None takes the twin's jitter.
    """

    source: str
    point: tuple[float, ...]
    unit: str = UNIT
    deviation: float | None = None
    circuit_spread: float | None = None

    @classmethod
    def parse(cls, document: Document) -> Asked:
        """Read ``source``, ``point``, ``unit``, ``deviation`` and ``circuit_spread``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only("source", "point", "unit", "deviation", "circuit_spread")
        point = document.items("point", 1, 8)
        for index, value in enumerate(point):
            if not is_number(value):
                raise ProgramRejected(
                    f"{shown(value)}; allowed: a finite number",
                    field=f"{document.at('point')}/{index}",
                )
        return cls(
            source=document.text("source"),
            point=tuple(float(value) for value in point),
            unit=document.text("unit", UNIT),
            deviation=_given(document, "deviation", above=True),
            circuit_spread=_given(document, "circuit_spread", above=False),
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields that `parse` reads."""
        stated = {"deviation": self.deviation, "circuit_spread": self.circuit_spread}
        return {
            "source": self.source,
            "point": list(self.point),
            "unit": self.unit,
            **{name: value for name, value in stated.items() if value is not None},
        }


def _given(document: Document, name: str, *, above: bool) -> float | None:
    if document.entry(name, None) is None:
        return None
    return at_least(document, name, None, 0.0, above=above)
