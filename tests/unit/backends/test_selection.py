"""Which source is chosen, why, and what is said when none is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backends import registry, selection, speed
from backends.schema import Cost, Experiment, RunOptions
from backends.selection import Accuracy, Choice
from tests.contract.cases import ISING, QUENCH
from tests.thread_seconds import within
from tests.unit.backends.conftest import H2


def choose(
    system: dict[str, Any], *, names: tuple[str, ...] = ("energy",), **limits: Any
) -> Choice:
    controls = tuple(entry["name"] for entry in system["controls"])
    middle = [0.5 * (entry["lower"] + entry["upper"]) for entry in system["controls"]]
    experiment = Experiment(
        system=system,
        method="auto",
        controls=controls,
        points=np.array([middle]),
        observables=names,
    )
    return selection.choose(experiment, RunOptions(), **limits)


@pytest.mark.parametrize("system", [H2, ISING, QUENCH])
def test_the_chosen_source_is_exact_fits_and_runs(system: dict[str, Any]) -> None:
    choice = choose(system)
    chosen = choice.chosen
    assert chosen is not None
    assert chosen.accuracy <= Accuracy.CONTROLLED
    cheaper = [o for o in choice.options if o.cost and o.accuracy == Accuracy.EXACT]
    assert chosen.cost is not None
    assert all(chosen.cost.seconds <= o.cost.seconds for o in cheaper if o.cost)
    assert choice.why


def test_every_method_of_every_local_backend_is_judged() -> None:
    choice = choose(H2)
    judged = {(option.backend, option.method) for option in choice.options}
    for name in registry.names():
        able = registry.get(name).capabilities
        assert able.paid or "+" in name or {(name, method) for method in able.methods} <= judged
    for option in choice.options:
        assert (option.cost is None) == bool(option.refusal)


def test_nothing_within_the_limits_is_refused_with_the_numbers() -> None:
    choice = choose(ISING, most_bytes=1000)
    assert choice.chosen is None
    assert "ed on exact needs" in choice.why
    assert "allowed: 3600 s and 1e+03 bytes" in choice.why


def test_noise_and_unknown_names_are_never_taken_for_exact() -> None:
    assert selection.accuracy("aer", "circuit", {"depolarizing_2q": 0.01}) == Accuracy.NOISY
    assert selection.accuracy("aer", "circuit", {}) == Accuracy.EXACT
    assert selection.accuracy("zne+fake-ibm", "circuit", {}) == Accuracy.NOISY
    assert selection.accuracy("theirs", "ed", {}) == Accuracy.APPROXIMATE
    truncated = {"simulation": "matrix_product_state"}
    assert selection.accuracy("aer", "circuit", truncated) == Accuracy.CONTROLLED


def test_estimates_are_scaled_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "slowness", lambda: 3.0)
    cost = Cost(seconds=2.0, memory_bytes=7)
    assert cost.here() == Cost(seconds=6.0, memory_bytes=7)


def test_tensor_networks_are_scaled_as_the_interpreter_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "slowness", lambda: 3.0)
    monkeypatch.setattr(speed, "interpreter_slowness", lambda: 0.5)
    chain = ISING | {"controls": [], "parameters": {"hx": 1.0}}
    experiment = Experiment(
        system=chain, method="dmrg", controls=(), points=np.empty((1, 0)), observables=("energy",)
    )
    cost = registry.get("tenpy").estimate(experiment, RunOptions())
    assert cost.here().seconds == pytest.approx(0.5 * cost.seconds)


@pytest.mark.parametrize("slowness", [speed.slowness, speed.interpreter_slowness])
def test_a_machine_is_measured_quickly(
    slowness: Callable[[], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_taken", [])
    with within(2.0):
        first = slowness()
    assert speed.FASTEST <= first <= speed.SLOWEST
    assert slowness() == first


def test_a_machine_that_was_slow_for_a_moment_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    took = iter([*[8.0] * 3 * speed.FIRST, *[2.0] * 3, *[4.0] * 3])
    now = [100.0]
    monkeypatch.setattr(speed, "_taken", [])
    monkeypatch.setattr(speed, "_seconds", lambda _: next(took) * speed.CONTRACT_S)
    monkeypatch.setattr("backends.speed.time.monotonic", lambda: now[0])
    assert [speed.interpreter_slowness() for _ in range(2)] == [8.0, 8.0]
    now[0] += speed.AGAIN_S
    assert speed.interpreter_slowness() == 2.0
    now[0] += speed.AGAIN_S
    assert speed.interpreter_slowness() == 2.0
    monkeypatch.setattr(speed, "MOST", len(speed._taken))
    now[0] += speed.AGAIN_S
    assert speed.interpreter_slowness() == 2.0, "and never again"


def test_noise_that_is_switched_off_is_no_noise() -> None:
    for settings, expected in (
        ({}, Accuracy.CONTROLLED),
        ({"readout_error": "none"}, Accuracy.CONTROLLED),
        ({"readout_error": "aquila"}, Accuracy.NOISY),
        ({"readout_error": [0.0, 0.1]}, Accuracy.NOISY),
    ):
        assert selection.accuracy("braket-ahs", "ahs", settings) is expected


def test_a_question_too_large_for_every_exact_source_is_refused_by_its_size() -> None:
    state = {"kind": "thermal", "temperature": 1.0}
    hot = {**ISING, "sites": 128, "parameters": {"hx": "field", "hz": 0.3}, "state": state}
    choice = choose(hot)
    assert choice.chosen is None
    assert "128 qubits" in choice.why
    assert "kicked on" not in choice.why
