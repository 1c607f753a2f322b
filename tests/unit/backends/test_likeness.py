from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyscf import gto, scf

from backends import systems
from backends.classical import integrals
from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.methods.problem import problem
from backends.schema import Experiment, RunOptions
from tests.unit.backends.test_molecule import WATER, molecule, put

LENGTHS = np.linspace(1.3, 1.7, 11)  # canonical orbitals of water change their order at 1.5
ANGLE = 104.5


def water(*, follow: bool, electrons: int = 4, orbitals: int = 4, **changes: Any) -> dict[str, Any]:
    space = {"electrons": electrons, "orbitals": orbitals, "follow": follow}
    return {**WATER, "active_space": space, **changes}


def energies(
    method: str, document: dict[str, Any], lengths: np.ndarray | list[float] = LENGTHS
) -> np.ndarray:
    wanted = Experiment(
        system=document,
        method=method,
        controls=("r", "angle"),
        points=np.array([[r, ANGLE] for r in lengths]),
        observables=("energy",),
    )
    result = PyscfBackend().submit(wanted, RunOptions(), token="t")
    assert not result.failures
    values: np.ndarray = result.values[:, 0]
    return values


@pytest.mark.parametrize("method", ["fci", "mp2"])
def test_an_active_space_that_follows_has_no_jumps(method: str) -> None:
    jumps = [
        np.abs(np.diff(energies(method, water(follow=follow)), 2)).max() for follow in (False, True)
    ]
    assert jumps[0] > 0.02
    assert jumps[1] < 0.002


def test_following_changes_nothing_at_the_middle_and_depends_on_no_path() -> None:
    document = water(follow=True)
    middle = [1.35]
    document["controls"] = [WATER["controls"][0], {**WATER["controls"][1], "lower": 104.0,
                            "upper": 105.0}]  # fmt: skip
    same = energies("fci", {**document, "active_space": {"electrons": 4, "orbitals": 4}}, middle)
    assert energies("fci", document, middle) == pytest.approx(same, abs=1e-9)
    forth, back = energies("fci", document), energies("fci", document, LENGTHS[::-1])[::-1]
    np.testing.assert_allclose(forth, back, rtol=0, atol=1e-8)
    alone = [energies("fci", document, [r])[0] for r in LENGTHS[::5]]
    np.testing.assert_allclose(forth[::5], alone, rtol=0, atol=1e-8)


@pytest.mark.parametrize("spin", [0, 2])
def test_every_method_treats_the_space_that_follows(spin: int) -> None:
    document = water(follow=True, spin=spin)
    found = {m: energies(m, document, [1.6])[0] for m in ("hf", "cisd", "ccsd", "fci")}
    everything = energies("fci", {**WATER, "spin": spin}, [1.6])[0]
    assert everything < found["fci"] <= found["cisd"] + 1e-9 < found["hf"]
    assert found["ccsd"] == pytest.approx(found["fci"], abs=2e-3)


@pytest.mark.parametrize("method", ["hf", "mp2", "cisd", "ccsd", "ccsd_t"])
def test_a_method_sees_the_same_hamiltonian_as_in_the_integrals_of_the_space(method: str) -> None:
    document = water(follow=True)
    (found,) = integrals.sweep(molecule(document), np.array([[1.6, ANGLE]]))
    assert isinstance(found, integrals.Integrals)
    lines = ["&FCI NORB=4,NELEC=4,MS2=0 /", f"{found.constant!r} 0 0 0 0"]
    lines += [f"{v:.17g} {p + 1} {q + 1} 0 0" for (p, q), v in np.ndenumerate(found.one)]
    lines += [
        f"{v:.17g} {p + 1} {q + 1} {r + 1} {s + 1}" for (p, q, r, s), v in np.ndenumerate(found.two)
    ]
    dump = {"kind": "molecule", "schema_version": 1, "fcidump": "\n".join(lines)}
    wanted = Experiment(
        system=dump, method=method, controls=(), points=np.empty((1, 0)), observables=("energy",)
    )
    theirs = PyscfBackend().submit(wanted, RunOptions(), token="t").values[0, 0]
    assert energies(method, document, [1.6])[0] == pytest.approx(theirs, abs=1e-7)


def test_the_determinant_of_the_reference_is_that_of_hartree_fock() -> None:
    system = molecule(water(follow=True))
    posed = problem(system, np.array([[1.6, ANGLE]]))
    state = np.zeros(2**posed.qubits, dtype=np.complex128)
    assert posed.reference is not None
    state[posed.reference] = 1.0
    geometry = gto.M(atom=f"O; H 1 1.6; H 1 1.6 2 {ANGLE}", basis="sto-3g", verbose=0)
    theirs = scf.RHF(geometry).run(conv_tol=1e-12).e_tot
    assert posed.operators[0]["energy"].expectation(state) == pytest.approx(theirs, abs=1e-8)


def test_following_needs_something_that_moves_and_a_middle_that_can_be() -> None:
    fixed = put(["atoms", 1, "position"], [0, 0.7, 0.6], water(follow=True))
    fixed["atoms"][2]["position"], fixed["controls"] = [0, -0.7, 0.6], []
    crossing = put(["atoms", 1, "position"], ["r - 1.35", 0, 0], water(follow=True))
    for document, match in ((fixed, "nothing moves"), (crossing, "atoms 0 and 1")):
        with pytest.raises(ProgramRejected, match=match) as rejected:
            systems.load(document)
        assert rejected.value.field == "/active_space/follow"
