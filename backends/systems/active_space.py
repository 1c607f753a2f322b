"""Which orbitals and electrons of a molecule are correlated.

The lowest ``core`` orbitals stay doubly occupied: their energy and their field belong to the
Hamiltonian. The next ``orbitals`` are active, and those above stay empty. Along a sweep the order
of orbitals may change, and the energy jumps; a space that follows is made of those most like the
lowest ones at the middle of the controls' ranges instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backends.errors import ProgramRejected
from backends.systems.document import Document, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveSpace:
    """Orbitals from the lowest up: frozen, active, and empty ones.

    Attributes:
        core: Doubly occupied orbitals.
        orbitals: Active orbitals, N.
        electrons: Active electrons with spin up and with spin down.
        follow: Whether orbitals are chosen by likeness with those at the middle of the ranges.
        given: Fields of the document that chose it.
    """

    core: int
    orbitals: int
    electrons: tuple[int, int]
    follow: bool = False
    given: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(
        cls, document: Document, *, electrons: int, spin: int, orbitals: int, cores: int
    ) -> ActiveSpace:
        """Read ``frozen_core`` or ``active_space``; all orbitals without either.

        Args:
            electrons: Of the whole molecule.
            spin: Number of unpaired electrons.
            orbitals: Of the whole molecule.
            cores: Orbitals in the noble-gas cores of its atoms.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        if electrons + spin > 2 * orbitals:
            raise ProgramRejected(
                f"{electrons} electrons with {spin} unpaired do not fit {orbitals} orbitals; "
                f"allowed: at most {2 * orbitals - spin}",
                field=document.at("charge"),
            )
        frozen, chosen = document.entry("frozen_core", False), document.entry("active_space", None)
        if chosen is not None:
            if frozen is not False:
                raise ProgramRejected(
                    "an active space already says which orbitals are frozen; allowed: "
                    "frozen_core or active_space",
                    field=document.at("frozen_core"),
                )
            return _chosen(document.document("active_space"), electrons, spin, orbitals)
        number = int(frozen) if type(frozen) in (bool, int) else -1
        core = cores if frozen is True else number
        down = (electrons - spin) // 2
        most = min(down, (electrons - 1) // 2)
        if not 0 <= core <= most:
            raise ProgramRejected(
                f"frozen_core = {shown(frozen)}; allowed: true, false, or 0 to {most} orbitals, of "
                f"{electrons} electrons with {spin} unpaired",
                field=document.at("frozen_core"),
            )
        given = () if frozen is False else (("frozen_core", frozen),)
        return cls(
            core=core,
            orbitals=orbitals - core,
            electrons=(electrons - down - core, down - core),
            given=given,
        )

    def covers(self, orbitals: int) -> bool:
        """Whether all orbitals of the molecule are active."""
        return self.core == 0 and self.orbitals == orbitals

    def to_dict(self) -> dict[str, Any]:
        """The fields of the document that chose it."""
        return {n: dict(v) if isinstance(v, tuple) else v for n, v in self.given}


def _chosen(document: Document, electrons: int, spin: int, orbitals: int) -> ActiveSpace:
    document.only("electrons", "orbitals", "follow")
    follow = document.boolean("follow", default=False)
    inside = document.integer("electrons", 1, electrons)
    size = document.integer("orbitals", 1, orbitals)
    if (electrons - inside) % 2 or inside < spin:
        raise ProgramRejected(
            f"electrons = {inside}: the {electrons - inside} others must be paired in frozen "
            f"orbitals, and {spin} are unpaired; allowed: "
            + ", ".join(map(str, range(max(spin, 2 - spin % 2), electrons + 1, 2))),
            field=document.at("electrons"),
        )
    core, up = (electrons - inside) // 2, (inside + spin) // 2
    if not up <= size <= orbitals - core:
        raise ProgramRejected(
            f"orbitals = {size}: {inside} electrons with {spin} unpaired need {up}, and {core} of "
            f"the molecule's {orbitals} orbitals are frozen; allowed: {up} to {orbitals - core}",
            field=document.at("orbitals"),
        )
    return ActiveSpace(
        core=core,
        orbitals=size,
        electrons=(up, inside - up),
        follow=follow,
        given=(
            (
                "active_space",
                (("electrons", inside), ("orbitals", size))
                + ((("follow", follow),) if document.entry("follow", None) is not None else ()),
            ),
        ),
    )
