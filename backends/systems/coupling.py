"""A parameter of a lattice: the same everywhere, or one entry for each bond or site."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document
from backends.systems.expression import Expression

MAX_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupling:
    """Values of one parameter at its ``B`` places (bonds or sites).

    Attributes:
        source: What the document says, kept as it was written.
        entries: One expression, or one for each place.
        places: B.
        width: Half-width of the uniform disorder that is added, or None.
        seed: Of the disorder.
    """

    source: Any
    entries: tuple[Expression, ...]
    places: int
    width: Expression | None = None
    seed: int = 0

    @classmethod
    def parse(
        cls, entry: Any, controls: Sequence[str], *, at: str, places: int, disorder: Document | None
    ) -> Coupling:
        """Read a number, an expression, or a list of those, and its disorder if there is any.

        Args:
            at: JSON pointer of the entry.
            disorder: ``width`` and ``seed``, or None.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        if isinstance(entry, list):
            if len(entry) != places:
                raise ProgramRejected(
                    f"a list of {len(entry)} entries; allowed: {places}, one for each place",
                    field=at,
                )
            read = [Expression.parse(e, controls, at=f"{at}/{i}") for i, e in enumerate(entry)]
        else:
            read = [Expression.parse(entry, controls, at=at)]
        width, seed = None, 0
        if disorder is not None:
            disorder.only("width", "seed")
            field = disorder.at("width")
            width = Expression.parse(disorder.entry("width", None), controls, at=field)
            if not width.names and width.constant < 0:
                raise ProgramRejected(
                    f"width = {width.constant:g}; allowed: 0 or more", field=field
                )
            seed = disorder.integer("seed", 0, MAX_SEED)
        return cls(source=entry, entries=tuple(read), places=places, width=width, seed=seed)

    @property
    def names(self) -> frozenset[str]:
        """Controls that occur in it."""
        every = (*self.entries, *([self.width] if self.width else []))
        return frozenset().union(*(entry.names for entry in every))

    def values(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """Values at ``P`` points, shape ``(P, B)``.

        Args:
            columns: For each control, its values, shape ``(P,)``.
            rows: P.
        """
        table = np.stack([entry.values(columns, rows) for entry in self.entries], axis=1)
        table = np.broadcast_to(table, (rows, self.places)).copy()
        if self.width is not None:
            table += self.width.values(columns, rows)[:, None] * self.draws()
        return table

    def draws(self) -> FloatArray:
        """The disorder in units of its half-width, uniform in -1 to 1, shape ``(B,)``.

        Python's own Mersenne Twister, which is the same on every machine and version.
        """
        generator = random.Random(self.seed)  # noqa: S311 - physics, not a secret
        return np.array([generator.uniform(-1.0, 1.0) for _ in range(self.places)])

    def disorder(self) -> dict[str, Any] | None:
        """The document of its disorder."""
        return None if self.width is None else {"width": self.width.source, "seed": self.seed}
