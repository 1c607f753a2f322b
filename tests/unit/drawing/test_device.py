"""Devices are drawn as their vendors draw them, and coloured by their numbers."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import pytest

from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
from backends.simulators.device import device
from qtwin.drawing.device.field import field_figure
from qtwin.drawing.device.figure import device_figure, metrics_of
from qtwin.drawing.device.metrics import METRICS
from qtwin.drawing.device.places import fits, places
from qtwin.drawing.device.scale import Scale

LATTICES = [
    "FakeManilaV2", "FakeQuitoV2", "FakeNairobiV2", "FakeGuadalupeV2", "FakeAlmadenV2",
    "FakeHanoiV2", "FakeManhattanV2", "FakeWashingtonV2", "FakeTorino", "FakeFez",
]  # fmt: skip


def snapshot(edges: list[tuple[int, int]], **more: Any) -> CalibrationSnapshot:
    qubit = QubitCalibration(t1_s=1e-4, t2_s=5e-5, reads_1_of_0=0.01, reads_0_of_1=0.03)
    return CalibrationSnapshot(
        device=more.pop("device", "<script>"),
        identifier="today",
        taken_at=None,
        qubits={q: qubit for pair in edges for q in pair},
        gates=tuple(GateCalibration(name="cz", qubits=pair, error=0.01) for pair in edges),
        **more,
    )


@pytest.fixture(scope="module", params=LATTICES)
def recorded(request: pytest.FixtureRequest) -> CalibrationSnapshot:
    said = device(request.param).calibration
    assert said is not None
    return said


def test_joined_qubits_of_ibm_are_side_by_side(recorded: CalibrationSnapshot) -> None:
    edges = {(min(g.qubits), max(g.qubits)) for g in recorded.gates if len(g.qubits) == 2}
    assert fits(places(sorted(recorded.qubits), edges), edges)


def test_every_qubit_and_pair_is_drawn_once_within_the_map(recorded: CalibrationSnapshot) -> None:
    edges = {frozenset(g.qubits) for g in recorded.gates if len(g.qubits) == 2}
    for metric in metrics_of(recorded):
        figure = device_figure(recorded, metric)
        svg = figure.svg
        assert svg is not None
        ElementTree.fromstring(str(svg))
        assert len([*svg.of_class("device-qubit")]) == len(recorded.qubits)
        assert len([*svg.of_class("pair")]) == len(edges)
        for circle in svg.find("circle"):
            assert 0 < float(circle.get("cx")) < float(svg.get("width"))
            assert 0 < float(circle.get("cy")) < float(svg.get("height"))
        for label in svg.find("text"):
            assert 0 < float(label.get("y")) < float(svg.get("height"))
        assert len(figure.sheets[0].rows) == len(recorded.qubits)
        assert len(figure.sheets[1].rows) == len(edges)


def test_the_number_of_googles_qubits_is_their_place() -> None:
    cells = [(0, 1), (1, 0), (1, 1), (1, 2), (2, 1)]
    numbers = {32 * r + c: (c, r) for r, c in cells}
    edges = [(a, b) for a in numbers for b in numbers if b - a in {1, 32}]
    assert places(sorted(numbers), edges) == numbers


def test_what_has_no_known_place_is_drawn_all_the_same() -> None:
    bow_tie = [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)]
    everyone = [(a, b) for b in range(6) for a in range(b)]
    for qubits, edges in ((range(5), bow_tie), (range(6), everyone), (range(7), [])):
        found = places(qubits, edges)
        assert len(set(found.values())) == len(qubits)
        assert all(math.isfinite(x) for place in found.values() for x in place)


def test_faulty_qubits_are_crossed_and_faulty_pairs_dashed() -> None:
    said = snapshot([(0, 1), (1, 2)])
    broken = CalibrationSnapshot(
        device="d",
        identifier="i",
        taken_at=None,
        qubits=said.qubits,
        gates=(
            GateCalibration(name="cz", qubits=(0, 1), error=1.0),
            GateCalibration(name="cz", qubits=(1, 2), error=0.01),
            GateCalibration(name="sx", qubits=(0,), error=1.0),
            GateCalibration(name="x", qubits=(0,), error=1.0),
            GateCalibration(name="rz", qubits=(0,), error=0.0),
            GateCalibration(name="sx", qubits=(1,), error=0.001),
        ),
    )
    figure = device_figure(broken, METRICS["readout"])
    assert figure.svg is not None
    assert len([*figure.svg.of_class("cross")]) == 1
    assert len([*figure.svg.of_class("faulty")]) == 2
    assert "Crossed: 0." in figure.notes[1]
    assert "Dashed: 0–1." in figure.notes[2]
    assert [row[-1] for row in figure.sheets[0].rows] == ["no", "yes", "yes"]


def test_numbers_are_those_of_the_calibration() -> None:
    figure = device_figure(snapshot([(0, 1)]), METRICS["t1"])
    assert figure.sheets[0].rows[0] == (0, 2.0, None, 100.0, 50.0, "yes")
    assert figure.sheets[1].rows[0] == (0, 1, "cz", 1.0, None)
    assert "T1 100 µs" in str(figure.svg)


def test_a_name_of_a_device_is_text() -> None:
    text = str(device_figure(snapshot([(0, 1)]), METRICS["readout"]).svg)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("count", [2, 19, 20, 200])
def test_every_value_has_a_step_and_larger_ones_no_smaller_step(count: int) -> None:
    values = [1e-4 * 1.07**k for k in range(count)]
    scale = Scale.of([*values, 0.0, math.inf])
    assert scale is not None
    steps = [scale.step(value) for value in values]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, scale.steps - 1)
    assert scale.bounds[0] == values[0]
    assert scale.bounds[-1] == values[-1]
    assert list(scale.bounds) == sorted(scale.bounds)
    assert scale.step(0.0) == 0


def test_scales_of_nothing_and_of_one_number() -> None:
    assert Scale.of([]) is None
    one = Scale.of([0.01] * 5)
    assert one is not None
    assert (one.steps, one.step(0.01)) == (1, 0)


def test_an_analog_device_has_a_field_of_view() -> None:
    said = CalibrationSnapshot(
        device="quera/Aquila", identifier="a", taken_at=None, facts={"errors.position": 1e-7}
    )
    figure = field_figure(said)
    assert figure.svg is not None
    assert len([*figure.svg.of_class("field-site")]) == 256
    assert figure.sheets[0].rows == (("errors.position", 1e-7),)
