"""What may be asked of the methods of chemistry, and what they say of the cost."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.schema import Experiment
from tests.unit.backends.chemistry.molecules import EXACT, H2O, LIH, N2, experiment, mean_field, run
from tests.unit.backends.test_molecule import WATER


@pytest.mark.parametrize(
    ("method", "observables", "changes", "field", "match"),
    [
        ("ccsd_t", ("dipole_moment",), {}, "/observables/0", "ccsd_t does not give .*: energy"),
        ("ccsd", ("energy", "gap"), {}, "/observables/1", "dipole_moment"),
        ("casci", (), {}, "/settings", "one active space"),
        ("casci", (), {"settings": {"active_electrons": 2}}, "/settings", "one active space"),
        (
            "casci",
            (),
            {"settings": {"active_electrons": 3, "active_orbitals": 3}},
            "/settings/active_electrons",
            "paired",
        ),
        (
            "casci",
            (),
            {"settings": {"active_electrons": 2, "active_orbitals": 99}},
            "/settings/active_orbitals",
            "1 to 7",
        ),
        (
            "casci",
            (),
            {"settings": {"active_electrons": 10, "active_orbitals": 7}, "frozen_core": True},
            "/settings/active_electrons",
            "at most 8",
        ),
        ("hf", (), {"settings": {"active_electrons": 2}}, "/settings/active_electrons", "casci"),
        ("fci", (), {"basis": "cc-pvdz"}, "/method", "determinants"),
        (
            "fci",
            ("energy", "gap"),
            {"basis": "6-31g"},
            "/observables/1",
            "several states",
        ),
    ],
)
def test_what_a_method_does_not_give_is_refused_by_field(
    method: str, observables: tuple[str, ...], changes: dict[str, Any], field: str, match: str
) -> None:
    with pytest.raises(ProgramRejected, match=match) as rejected:
        PyscfBackend().check(experiment(H2O, method, *observables, **changes), EXACT)
    assert rejected.value.field == field


def test_two_controls_move_the_atoms() -> None:
    points = np.array([[0.96, 104.5], [1.1, 120.0]])
    wanted = Experiment(
        system=WATER,
        method="hf",
        controls=("r", "angle"),
        points=points,
        observables=("energy", "dipole_z"),
    )
    for (r, angle), (energy, dipole) in zip(points, run(wanted).values, strict=True):
        z_matrix = f"O; H 1 {r}; H 1 {r} 2 {angle}"
        field = mean_field(z_matrix)
        assert energy == pytest.approx(field.e_tot, abs=1e-8)
        length = np.linalg.norm(field.dip_moment(verbose=0))
        assert dipole == pytest.approx(length, abs=1e-5)


@pytest.mark.parametrize(
    ("atoms", "method", "observables", "changes"),
    [
        (N2, "fci", ("energy", "gap"), {}),
        (N2, "fci", (), {"basis": "6-31g", "active_space": {"electrons": 10, "orbitals": 10}}),
        (N2, "ccsd_t", (), {"basis": "cc-pvdz"}),
    ],
)
def test_an_estimate_is_within_a_factor_of_the_time_taken(
    atoms: str, method: str, observables: tuple[str, ...], changes: dict[str, Any]
) -> None:
    wanted = experiment(atoms, method, *observables, **changes)
    run(experiment(LIH, method))  # imports
    start = time.process_time()
    run(wanted)
    taken = time.process_time() - start
    cost = PyscfBackend().estimate(wanted, EXACT)
    assert taken / 5 < cost.seconds < 5 * taken + 0.5  # 2 on a quiet machine
    assert 100e6 < cost.memory_bytes < 400e6
