"""How long a learner may go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown

EVALUATIONS, SECONDS = "evaluations", "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One of the two at least is finite.

    Attributes:
        evaluations: Episodes, those of the final choice among them.
        seconds: Of this and the earlier workers together.
    """

    evaluations: float = inf
    seconds: float = inf

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Budget:
        """Read ``{"evaluations": 10000, "seconds": 60}``, of which one may be missing.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        read = Document(document, "/budget")
        read.only(EVALUATIONS, SECONDS)
        given = {name: value for name, value in document.items() if value is not None}
        if not given:
            raise ProgramRejected("needed: evaluations or seconds", field="/budget")
        for name, value in given.items():
            if not is_number(value) or not value > 0:
                raise ProgramRejected(
                    f"{name} = {shown(value)}; allowed: above 0", field=read.at(name)
                )
        return cls(**given)

    def check(self, generation: int, reserve: int) -> None:
        """Refuse a budget that is too small for one generation and the final choice.

        Raises:
            ProgramRejected: Says what is needed.
        """
        if generation + reserve > self.evaluations:
            raise ProgramRejected(
                f"evaluations = {self.evaluations:g}; allowed: {generation + reserve} or more, "
                f"{generation} for one generation and {reserve} for the choice on held-out "
                "episodes",
                field=f"/budget/{EVALUATIONS}",
            )
