"""What the methods of quantum chemistry take and give; loads no solver."""

from __future__ import annotations

from backends.classical.correlation import RESTRICTED
from backends.classical.full_ci import determinants
from backends.errors import ProgramRejected
from backends.schema import Experiment
from backends.setting import Between, Settings
from backends.systems import Molecule, check
from backends.systems import molecular_observables as named
from backends.systems.active_space import ActiveSpace
from backends.systems.document import Document

MAX_DETERMINANTS = 2_000_000
MAX_LEVEL_DETERMINANTS = 500_000
ELECTRONS, ORBITALS = "active_electrons", "active_orbitals"
SETTINGS: Settings = ((ELECTRONS, Between(1, 100)), (ORBITALS, Between(1, 100)))

LEVELS_OF = {named.FIRST: 2, named.SECOND: 3, named.GAP: 2}
"""How many different levels an observable needs."""

_DENSITIES = (named.ENERGY, *named.DIPOLES)
GIVES = {
    "hf": _DENSITIES,
    "mp2": _DENSITIES,
    "cisd": _DENSITIES,
    "ccsd": _DENSITIES,
    "ccsd_t": (named.ENERGY,),
    "casci": (named.ENERGY, *named.LEVELS, *named.DIPOLES),
    "fci": (named.ENERGY, *named.LEVELS, *named.DIPOLES),
}
"""Observables of each method."""


def validate(experiment: Experiment) -> tuple[Molecule, ActiveSpace]:
    """The molecule of an experiment and the orbitals that its method correlates.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, Molecule):
        raise ProgramRejected(
            f"pyscf cannot run a {system.kind}; allowed: {Molecule.kind}", field="/system/kind"
        )
    method = experiment.method
    for index, name in enumerate(experiment.observables):
        if name not in GIVES[method]:
            raise ProgramRejected(
                f"{method} does not give {name}; allowed: {', '.join(GIVES[method])}",
                field=f"/observables/{index}",
            )
    space = _space(experiment, system)
    if method in RESTRICTED:
        _check_size(experiment, space)
    return system, space


def _space(experiment: Experiment, system: Molecule) -> ActiveSpace:
    """The document's active space, or that of the settings of ``casci``."""
    given = {name: experiment.settings[name] for name in (ELECTRONS, ORBITALS) if name in
             experiment.settings}  # fmt: skip
    chosen = any(name == "active_space" for name, _ in system.space.given)
    if experiment.method != "casci":
        if given:
            raise ProgramRejected(
                f"{experiment.method} does not use {next(iter(given))}; allowed for: casci",
                field=f"/settings/{next(iter(given))}",
            )
        return system.space
    if not given and chosen:
        return system.space
    if len(given) < 2 or chosen:
        raise ProgramRejected(
            "casci needs one active space; allowed: the settings active_electrons and "
            "active_orbitals, or the system's active_space",
            field="/settings",
        )
    return _within(system, given)


def _within(system: Molecule, given: dict[str, object]) -> ActiveSpace:
    """An active space chosen by settings."""
    try:
        space = ActiveSpace.parse(
            Document(
                {"active_space": {"electrons": given[ELECTRONS], "orbitals": given[ORBITALS]}}
            ),
            electrons=system.electrons,
            spin=system.spin,
            orbitals=system.orbitals,
            cores=0,
        )
    except ProgramRejected as error:
        name = (error.field or "").rsplit("/", 1)[-1]
        raise ProgramRejected(str(error), field=f"/settings/active_{name}") from None
    if space.core < system.space.core:
        raise ProgramRejected(
            f"{ELECTRONS} = {given[ELECTRONS]} frees frozen orbitals of the system; allowed: at "
            f"most {sum(system.space.electrons)}",
            field=f"/settings/{ELECTRONS}",
        )
    return space


def _check_size(experiment: Experiment, space: ActiveSpace) -> None:
    size = determinants(space.orbitals, space.electrons)
    others = ", ".join(name for name in GIVES if name not in RESTRICTED)
    if size > MAX_DETERMINANTS:
        raise ProgramRejected(
            f"{experiment.method} needs {size:.1e} determinants; allowed: {MAX_DETERMINANTS:.0e}, "
            f"a smaller active space, or the methods {others}",
            field="/method",
        )
    for index, name in enumerate(experiment.observables):
        if name != named.ENERGY and size > MAX_LEVEL_DETERMINANTS:
            raise ProgramRejected(
                f"{name} needs several states of {size:.1e} determinants; allowed: "
                f"{MAX_LEVEL_DETERMINANTS:.0e}, or {named.ENERGY}",
                field=f"/observables/{index}",
            )
