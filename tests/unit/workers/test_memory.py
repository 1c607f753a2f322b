"""What one chunk prepared serves the next, and nothing that a chunk says is believed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.methods.circuit import Circuit, Gate
from backends.schema import Experiment, RunOptions
from backends.simulators import circuit_json, device_memory
from backends.simulators.device_circuits import compile_anew
from backends.systems.pauli import PauliWord
from tests.contract.cases import experiment_of
from workers.sandbox import ChunkRequest, Finished, Sandbox, memory

KEY = (
    "FakeManilaV2",
    Circuit(2, (Gate("h", (0,)), Gate("rzz", (0, 1), 0), Gate("ry", (1,), 0)), 1),
    (PauliWord.parse("ZZ"), PauliWord.parse("XY")),
)


def a_wish(**changes: Any) -> dict[str, Any]:
    name, circuit, bases = KEY
    plain = {
        "device": name,
        "circuit": circuit_json.circuit_to_json(circuit),
        "bases": [[basis.x, basis.z] for basis in bases],
    }
    return plain | changes


def run(sandbox: Sandbox, experiment: Experiment, seed: int) -> Finished:
    options = RunOptions(shots=200, seed=seed)
    request = ChunkRequest(backend="fake-ibm", experiment=experiment, options=options)
    outcome = sandbox.run(request)
    assert isinstance(outcome, Finished), outcome
    return outcome


def test_the_second_chunk_of_a_structure_finds_it_prepared() -> None:
    """Here the noise of four qubits and five circuits; the first chunk also imports nothing."""
    experiment = experiment_of("vqe", settings={"device": "FakeTorino"}).rows(0, 1)
    with Sandbox() as sandbox:
        first = run(sandbox, experiment, 1)
        later = [run(sandbox, experiment, seed) for seed in (2, 3)]
        again = run(sandbox, experiment, 1)
    assert min(one.cpu_s for one in later) < 0.5 * first.cpu_s
    np.testing.assert_array_equal(again.result.values, first.result.values)


def test_what_is_learnt_is_what_is_compiled() -> None:
    answer = json.loads(json.dumps(device_memory.fulfil(a_wish())))
    for told, own in zip(answer, compile_anew(KEY), strict=True):
        found = circuit_json.compiled_from_json(told)
        assert (found.circuit, found.places) == (own.circuit, own.places)
        np.testing.assert_array_equal(found.slopes, own.slopes)
        np.testing.assert_array_equal(found.offsets, own.offsets)
    device_memory.learn(a_wish(), answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"device": "../etc"},
        {"bases": []},
        {"bases": [[0, 4]]},
        {"bases": [[True, 0]]},
        {"circuit": {"qubits": 10**9, "gates": [], "angles": 0}},
        {"circuit": {"qubits": 2, "gates": [["system", [0], None]], "angles": 0}},
        {"circuit": {"qubits": 2, "gates": [["cx", [0, 0], None]], "angles": 0}},
        {"circuit": {"qubits": 2, "gates": [["rx", [0], 3]], "angles": 1}},
        {"circuit": {"qubits": 2, "gates": [["x", [0], None]] * 6000, "angles": 0}},
        {"circuit": {"qubits": 2, "gates": [["x", ["0"], None]], "angles": 0}},
    ],
)
def test_a_malformed_wish_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        device_memory.fulfil(a_wish(**changes))


def test_a_wish_that_fails_or_takes_too_long_is_dropped() -> None:
    learnt = []

    class Odd(type(registry.get("fake-ibm"))):  # type: ignore[misc]  # a class of the registry
        def fulfil(self, wish: Any) -> Any:
            while wish == "slow":
                pass
            if wish == "bad":
                raise RuntimeError
            return [wish] * (10**6 if wish == "large" else 1)

        def learn(self, wish: Any, answer: Any) -> None:
            learnt.append(answer)

    memory.learn(Odd(), ["large"])
    assert not learnt
    memory.learn(Odd(), ["bad", "good", "slow", "late"])
    assert learnt == [["good"]]


def test_only_a_plain_file_of_wishes_is_read(tmp_path: Path) -> None:
    place = tmp_path / memory.FILE
    assert memory.left(str(tmp_path)) == []
    for content, found in (("[1, 2]", [1, 2]), ("{}", []), ("[" * 10**5, []), ("no", [])):
        place.write_text(content)
        assert memory.left(str(tmp_path)) == found
    place.write_text(json.dumps([0] * 100))
    assert len(memory.left(str(tmp_path))) == memory.MOST_WISHES
    place.unlink()
    (tmp_path / "elsewhere").write_text("[1]")
    place.symlink_to(tmp_path / "elsewhere")
    assert memory.left(str(tmp_path)) == []
    place.unlink()
    os.mkfifo(place)
    assert memory.left(str(tmp_path)) == []
