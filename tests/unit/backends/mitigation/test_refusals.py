"""Nothing is done in silence: what would do nothing, or cannot be done, is refused."""

from __future__ import annotations

from typing import Any

import pytest

from backends import registry
from backends.errors import ProgramRejected, UnknownBackend
from backends.schema import RunOptions
from tests.unit.backends.mitigation.chain import NOISE, asked, chain, run


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("zne+fake-ibm", {}, {"gains": "1,3"}),
        ("zne+fake-ibm", {}, {"folding": "local", "gains": "1,2,3"}),
        ("zne+fake-ibm", {}, {"extrapolation": "linear"}),
        ("readout+fake-ibm", {}, {"calibration_shots": 1000}),
        ("readout+fake-ibm", {}, {"readout_instances": 32}),
    ],
)
def test_every_setting_changes_the_numbers(
    name: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    system = chain(3)  # 8 sets of qubits: more instances than that change nothing
    values = [
        run(
            name,
            asked(
                settings=settings, system=chain(5) if "readout_instances" in settings else system
            ),
        ).values
        for settings in (one, other)
    ]
    assert values[0] != values[1]


@pytest.mark.parametrize(
    ("name", "settings", "field"),
    [
        ("zne+fake-ibm", {"gains": "1"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": "3,1"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": "1,nan"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": "1,1e9"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": [1, 3]}, "/settings/gains"),
        ("zne+fake-ibm", {"extrapolation": "cubic"}, "/settings/extrapolation"),
        ("zne+fake-ibm", {"readout_instances": 8}, "/settings/readout_instances"),
        ("readout+fake-ibm", {"readout_instances": 2}, "/settings/readout_instances"),
        ("readout+fake-ibm", {"calibration_shots": "many"}, "/settings/calibration_shots"),
    ],
)
def test_settings_that_would_do_nothing_are_refused(
    name: str, settings: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get(name).check(asked(settings=settings), RunOptions(shots=2000, seed=1))
    assert rejected.value.field == field


def test_a_gain_that_folding_cannot_reach_is_refused() -> None:
    with pytest.raises(ProgramRejected, match="nearest") as rejected:
        run("zne+fake-ibm", asked(settings={"gains": "1,1.7"}))
    assert rejected.value.field == "/settings/gains"


def test_too_few_shots_to_share_out_are_refused() -> None:
    for name in ("zne+fake-ibm", "readout+fake-ibm", "zne+readout+fake-ibm"):
        with pytest.raises(ProgramRejected, match="too few") as rejected:
            registry.get(name).check(asked(), RunOptions(shots=10, seed=1))
        assert rejected.value.field == "/shots"


@pytest.mark.parametrize(
    "name", ["readout+zne+fake-ibm", "zne+zne+fake-ibm", "magic+fake-ibm", "zne+pyscf", "zne+", "+"]
)
def test_stacks_that_make_no_sense_are_unknown(name: str) -> None:
    with pytest.raises(UnknownBackend):
        registry.get(name)


def test_a_circuit_without_symmetry_cannot_be_post_selected() -> None:
    with pytest.raises(ProgramRejected, match="symmetry") as rejected:
        run("postselect+fake-ibm", asked())
    assert rejected.value.field == "/system"


def test_a_circuit_without_two_qubit_gates_cannot_be_twirled() -> None:
    alone = chain(
        state={"kind": "evolved", "initial": "++", "time": 0.4},
        model="ising",
        parameters={"J": 0.0, "hx": "field"},
    )
    with pytest.raises(ProgramRejected, match="two-qubit gates") as rejected:
        run("twirling+fake-ibm", asked(system=alone))
    assert rejected.value.field == "/system"


@pytest.mark.parametrize("name", ["readout+aer", "twirling+aer", "postselect+aer", "cdr+aer"])
def test_what_needs_shots_says_so(name: str) -> None:
    with pytest.raises(ProgramRejected, match="needs shots") as rejected:
        registry.get(name).check(asked(settings=NOISE), RunOptions())
    assert rejected.value.field == "/shots"
