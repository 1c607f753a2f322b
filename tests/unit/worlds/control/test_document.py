from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.documents import load
from qtwin.worlds.posterior import Posterior
from tests.unit.worlds.control.documents import ALL, ANNEAL, PAIR, PULSE, RYDBERG

DETUNING = "detuning_offset"


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a pointer; None removes it."""
    made = copy.deepcopy(document)
    *way, last = path.strip("/").split("/")
    place: Any = made
    for name in way:
        place = place.setdefault(name, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return made


@pytest.mark.parametrize("name", ALL)
def test_a_world_is_made_again_from_its_own_document(name: str) -> None:
    world = load(ALL[name])
    written = json.loads(json.dumps(world.to_dict()))
    assert load(written).to_dict() == written


@pytest.mark.parametrize(
    ("document", "path", "value", "field", "words"),
    [
        (RYDBERG, "/kind", "chess", "/kind", "'chess'; allowed: control, search, mitigation"),
        (RYDBERG, "/kind", None, "/kind", "missing"),
        (RYDBERG, "/schema_version", 2, "/schema_version", "allowed: 1"),
        (RYDBERG, "/colour", 1, "/colour", "unknown field 'colour'"),
        (RYDBERG, "/schedule", None, "/schedule", "missing"),
        (RYDBERG, "/schedule/controls", 3, "/schedule/controls", "allowed: an object"),
        (RYDBERG, "/schedule/controls", {}, "/schedule/controls", "one or more of the"),
        (RYDBERG, "/schedule/controls/hx", {}, "/schedule/controls/hx", "rabi, detuning"),
        (RYDBERG, "/schedule/controls/rabi/upper", 20, "/schedule/controls/rabi/upper", "15.8"),
        (RYDBERG, "/schedule/controls/rabi/lower", -1, "/schedule/controls/rabi/lower", "0 or"),
        (RYDBERG, "/schedule/controls/rabi/lower", 16, "/schedule/controls/rabi/upper", "more"),
        (RYDBERG, "/schedule/controls/rabi/ends", [0, 1], "/schedule/controls/rabi/ends", "[0, 0]"),
        (RYDBERG, "/schedule/controls/rabi/ends", [0, 99], "/schedule/controls/rabi/ends/1", "99"),
        (RYDBERG, "/schedule/duration", 4.5, "/schedule/duration", "at most 4 us"),
        (RYDBERG, "/schedule/duration", 1.2004, "/schedule/duration", "multiples of 0.001"),
        (RYDBERG, "/schedule/duration", float("nan"), "/schedule/duration", "nan"),
        (RYDBERG, "/schedule/duration", {"lower": 2, "upper": 1}, "/schedule/duration", "2 to 1"),
        (RYDBERG, "/schedule/segments", 40, "/schedule/segments", "0.051 us or more"),
        (RYDBERG, "/schedule/shape", "cubic", "/schedule/shape", "allowed: linear"),
        (RYDBERG, "/system/spacing", 2, "/system/spacing", "4 um or more"),
        (RYDBERG, "/system/rabi", 2, "/system/rabi", "given by the schedule"),
        (RYDBERG, "/system/phase", {"times": [0, 1]}, "/system/phase", "as a waveform"),
        (RYDBERG, "/system/atoms", 13, "/system", "13 qubits; allowed: 12"),
        (RYDBERG, "/system/kind", "molecule", "/system/kind", "rydberg_array, spin_lattice"),
        (RYDBERG, "/system/controls", [{"name": "a"}], "/system/controls", "no controls"),
        (RYDBERG, "/system/state", {"kind": "ground"}, "/system/state/kind", "evolved"),
        (RYDBERG, "/system/state", {"initial": "111"}, "/system/state/initial", "000"),
        (RYDBERG, "/goal/measure", "energy", "/goal/measure", "fidelity, z2_probability"),
        (RYDBERG, "/goal/target", "three", "/goal/target", "both, one"),
        (RYDBERG, "/shots", 0, "/shots", "1 to 100000"),
        (RYDBERG, "/rounds", 1.5, "/rounds", "1 to 100"),
        (RYDBERG, "/costs", {"time": -1}, "/costs/time", "0 or more"),
        (RYDBERG, "/truth", "mine", "/truth", "posterior, nominal"),
        (ANNEAL, "/system/model", "xxz", "/system/model", "allowed: ising"),
        (ANNEAL, "/schedule/limits", "aquila", "/schedule/limits", "allowed: none"),
        (ANNEAL, "/goal/target", "both", "/goal/target", "leave it out"),
        (PULSE, "/system/qubits", 9, "/system/qubits", "1 to 4"),
        (PULSE, "/goal/measure", "z2_probability", "/goal/measure", "allowed: fidelity"),
        (PAIR, "/goal/target", "0", "/goal/target", "2 of 01+-"),
        (PAIR, "/system/x0", 1, "/system/x0", "allowed: kind"),
        (PAIR, "/tolerance", 0.5, "/tolerance", "1e-09 to 0.1"),
        (PAIR, "/precision", "half", "/precision", "'half'; allowed: single, double"),
        ({**PAIR, "tolerance": 1e-5}, "/precision", "single", "/precision", "of 0.0001 or more"),
        (ANNEAL, "/system/parameters/hx", 1, "/system/parameters/hx", "or a list as its pattern"),
        (PAIR, "/from_shots", True, "/from_shots", "shots do not tell"),
    ],
)  # fmt: skip
def test_a_bad_document_is_refused_by_its_field(
    document: dict[str, Any], path: str, value: Any, field: str, words: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        load(changed(document, path, value))
    assert refused.value.field == field
    assert words in str(refused.value)


def test_the_pattern_of_an_odd_chain_has_excited_ends_and_of_an_even_one_both() -> None:
    odd = load(RYDBERG)
    even = load(changed(RYDBERG, "/system/atoms", 4))
    assert isinstance(odd, ControlWorld)
    assert isinstance(even, ControlWorld)
    assert odd.goal.diagonal is not None
    assert even.goal.diagonal is not None
    assert np.flatnonzero(odd.goal.diagonal).tolist() == [0b101]
    assert np.flatnonzero(even.goal.diagonal).tolist() == [0b0101, 0b1010]


def posterior(name: str, unit: str, *values: float) -> Posterior:
    return Posterior(
        names=(name,), units=(unit,), draws=np.array(values)[:, None], nominal=np.array(values[:1])
    )


def test_truths_are_drawn_from_the_posterior_and_nominal_elsewhere() -> None:
    world = load(RYDBERG, posterior(DETUNING, "rad/us", 1.0, 2.0))
    assert isinstance(world, ControlWorld)
    place = world.parameters.index(DETUNING)
    assert world.truths.draws[:, place].tolist() == [1.0, 2.0]
    assert world.truths.nominal[place] == 1.0
    assert set(world.truths.draws[:, world.parameters.index("rabi_scale")]) == {1.0}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (posterior("spin", "rad/us", 1.0), "unknown parameter 'spin'; allowed: rabi_scale"),
        (posterior(DETUNING, "MHz", 1.0), "in 'MHz'; allowed: rad/us"),
        (posterior("false_excited", "dimensionless", 0.1, 1.2), "= 1.2 dimensionless; allowed: 0"),
    ],
)
def test_a_posterior_of_another_system_is_refused_by_its_parameter(
    given: Posterior, words: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        load(RYDBERG, given)
    assert refused.value.field == f"/posterior/{given.names[0]}"
    assert words in str(refused.value)


def test_a_document_is_checked_without_gymnasium_and_scipy() -> None:
    code = (
        "import sys; from qtwin.worlds.documents import load\n"
        "from tests.unit.worlds.control.documents import ALL\n"
        "[load(document) for document in ALL.values()]\n"
        "print(sorted({'gymnasium', 'scipy', 'braket'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
