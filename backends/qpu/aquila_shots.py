"""Shots of an array of atoms, from the vendor's sequences before and after the evolution.

Before: 1 where an atom is in place. After: 1 where an atom is in its ground state, 0 where it is in
the Rydberg state or gone. Our bit 1 is the Rydberg state, and atom 0 is the rightmost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

SUCCESS, OTHER = "Success", ("Partial Success", "Failure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shots:
    """What was seen.

    Attributes:
        counts: Of complete shots.
        missing: Shots in which an atom was missing at the start.
        failed: Shots that the device calls failed.
    """

    counts: Mapping[str, int]
    missing: int
    failed: int

    @property
    def kept(self) -> int:
        return sum(self.counts.values())

    @classmethod
    def read(cls, result: Mapping[str, Any], *, atoms: int, shots: int) -> Self:
        """Read the vendor's document.

        Raises:
            ValueError: Number, width or words are not those that were asked for.
        """
        given = result.get("measurements")
        if not isinstance(given, list) or len(given) != shots:
            number = len(given) if isinstance(given, list) else 0
            raise ValueError(f"{number} shots instead of {shots}")
        counts: Counter[str] = Counter()
        missing = failed = 0
        for one in given:
            status = one["shotMetadata"]["shotStatus"]
            if status in OTHER:
                failed += 1
                continue
            if status != SUCCESS:
                raise ValueError(f"shot status {status!r}; known: {SUCCESS}, {', '.join(OTHER)}")
            before = _bits(one["shotResult"]["preSequence"], atoms)
            after = _bits(one["shotResult"]["postSequence"], atoms)
            if 0 in before:
                missing += 1
            else:
                counts["".join(str(1 - bit) for bit in reversed(after))] += 1
        return cls(counts=dict(sorted(counts.items())), missing=missing, failed=failed)

    def to_dict(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "missing": self.missing, "failed": self.failed}


def _bits(sequence: Any, atoms: int) -> list[int]:
    if not isinstance(sequence, list) or len(sequence) != atoms:
        raise ValueError(f"a sequence of another length than {atoms}")
    if any(type(bit) is not int or bit not in (0, 1) for bit in sequence):
        raise ValueError("a sequence has something else than 0 and 1")
    return sequence
