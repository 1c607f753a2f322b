"""The gates that circuits of this package are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

FIXED = {"h": 1, "x": 1, "cx": 2, "cz": 2}
ROTATIONS = {"rx": 1, "ry": 1, "rz": 1, "rzz": 2}
"""``exp(-i angle P / 2)`` of the Pauli word P, with how many qubits it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate.

    Attributes:
        name: As in OpenQASM.
        on: Qubits; of ``cx`` the control first.
        slot: Which angle of the circuit a rotation takes; None of a fixed gate.
        sign: 1, or -1 of a rotation that is undone.
    """

    name: str
    on: tuple[int, ...]
    slot: int | None = None
    sign: int = 1

    def __post_init__(self) -> None:
        known = ROTATIONS if self.slot is not None else FIXED
        if self.name not in known:
            kind = "rotation" if self.slot is not None else "gate without an angle"
            raise ValueError(f"no {kind} {self.name!r}; allowed: {', '.join(known)}")
        if len(self.on) != known[self.name] or len(set(self.on)) != len(self.on):
            raise ValueError(
                f"{self.name} on {self.on}; allowed: {known[self.name]} different qubits"
            )

    def undone(self) -> Gate:
        """Its inverse; the fixed gates are their own."""
        return replace(self, sign=-self.sign if self.slot is not None else 1)

    def moved(self, slots: int) -> Gate:
        """The same gate with its angle ``slots`` columns further on."""
        return self if self.slot is None else replace(self, slot=self.slot + slots)
