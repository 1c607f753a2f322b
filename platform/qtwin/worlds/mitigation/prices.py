"""What a measurement costs: circuits to prepare, and shots that take as long as their circuit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """In any one unit: shots, seconds, dollars.

    Attributes:
        shot: Of a shot at gain 1.
        circuit: Of each further circuit of a measurement, and of its first.
        by_gain: Whether a shot at gain G costs G times as much, as its circuit is G times as long.
    """

    shot: float = 1.0
    circuit: float = 100.0
    by_gain: bool = True

    @classmethod
    def parse(cls, document: Document) -> Prices:
        """Read ``shot``, ``circuit`` and ``by_gain``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only("shot", "circuit", "by_gain")
        usual = cls()
        return cls(
            shot=at_least(document, "shot", usual.shot, 0.0, above=True),
            circuit=at_least(document, "circuit", usual.circuit, 0.0),
            by_gain=document.boolean("by_gain", default=usual.by_gain),
        )

    def cost(self, gain: FloatArray, shots: FloatArray, circuits: FloatArray) -> FloatArray:
        """Of measurements, the shape of the arguments."""
        each = self.shot * np.where(self.by_gain, gain, 1.0)
        cost: FloatArray = shots * each + circuits * self.circuit
        return cost

    def to_dict(self) -> dict[str, object]:
        """The fields that `parse` reads."""
        return {"shot": self.shot, "circuit": self.circuit, "by_gain": self.by_gain}


def at_least(
    document: Document, name: str, default: float | None, low: float, *, above: bool = False
) -> float:
    """A number from ``low`` on, or above it.

    Raises:
        ProgramRejected: It is another value, or missing and without a default.
    """
    if document.entry(name, None) is None and default is not None:
        return default
    value = document.number(name)
    if value < low or (above and value == low):
        allowed = "more than" if above else "at least"
        raise ProgramRejected(
            f"{name} = {value:g}; allowed: {allowed} {low:g}", field=document.at(name)
        )
    return value
