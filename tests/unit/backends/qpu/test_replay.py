"""Recorded numbers as a backend: what was recorded is answered, nothing else is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from backends.qpu.recorded_table import RecordedRow, table
from backends.qpu.recording import bytes_of
from backends.qpu.replay import ReplayBackend
from backends.schema import Experiment, RunOptions
from backends.testing import check_backend
from tests.contract.cases import experiment_of
from tests.vendors.recorded import recording

MEASURED = datetime(2025, 5, 1, tzinfo=UTC)
ROWS = (
    RecordedRow(row=0, point=(0.6,), value=-0.9, std=0.01, knobs={"noise_gain": 1.0}, shots=100),
    RecordedRow(row=1, point=(0.6,), value=-0.7, std=0.02, knobs={"noise_gain": 2.0}),
    RecordedRow(row=4, point=(1.3,), value=-0.8, std=0.01, knobs={"noise_gain": 1.0}, epoch="a"),
    RecordedRow(row=5, point=(1.3,), value=-0.81, std=0.0, knobs={"noise_gain": 1.0}, epoch="b"),
)


def recorded(**changes: Any) -> bytes:
    document = table(
        citation="A. Nonymous, 2025",
        licence="CC-BY-4.0",
        controls=("bond_length",),
        observable="energy",
        rows=ROWS,
        measured_at=MEASURED,
    )
    return bytes_of({**document, **changes})


def asked(points: list[float], *gains: float, payload: bytes | None = None) -> Experiment:
    """At bond lengths, and at noise gains if any are given."""
    digest = hashlib.sha256(recorded() if payload is None else payload).hexdigest()
    plain = replace(
        experiment_of("recorded").rows(0, 0),
        points=np.array(points)[:, None],
        knob_values=np.empty((len(points), 0)),
        settings={"recording": digest, "observables": ["energy"], "knobs": {"noise_gain": None}},
    )
    if not gains:
        return plain
    return replace(plain, knobs=("noise_gain",), knob_values=np.array(gains)[:, None])


def answered(experiment: Experiment, payload: bytes | None = None) -> Any:
    data = recorded() if payload is None else payload
    return ReplayBackend().parse(data, experiment, RunOptions())


def test_it_conforms() -> None:
    backend = ReplayBackend()
    backend.attach(recorded())
    check_backend(backend, experiment=asked([0.6, 1.3]), options=RunOptions())


def test_recorded_points_are_answered_with_their_errors_and_citation() -> None:
    result = answered(asked([1.3, 0.6]))
    assert result.values.tolist() == [[-0.8], [-0.9]]
    assert result.std_errors.tolist() == [[0.01], [0.01]]
    assert result.mixed_values is None
    said = result.provenance
    assert said.details["citation"] == "A. Nonymous, 2025"
    assert (said.finished_at, said.versions["recording"]) == (
        MEASURED,
        asked([0.6]).settings["recording"],
    )
    assert [(raw["row"], raw["shots"], raw["epoch"]) for raw in result.raw] == [
        (4, None, "a"),
        (0, 100, ""),
    ]


def test_a_knob_that_is_not_named_is_the_raw_run() -> None:
    assert answered(asked([0.6, 0.6], 2.0, 1.0)).values.tolist() == [[-0.7], [-0.9]]


def test_other_points_fail_and_name_the_nearest() -> None:
    result = answered(asked([0.6, 0.7, 1.3], 1.0, 2.0, 3.0))
    assert sorted(result.failures) == [1, 2]
    assert result.failures[1] == (
        "nothing was recorded at bond_length = 0.7, noise_gain = 2; the nearest are "
        "bond_length = 0.6, noise_gain = 1 and bond_length = 0.6, noise_gain = 2"
    )
    assert result.values[0] == -0.9


@pytest.mark.parametrize(("shift", "held"), [(1e-10, True), (1e-7, False)])
def test_decimals_are_forgiven_and_neighbours_are_not(shift: float, held: bool) -> None:
    assert (not answered(asked([0.6 + shift])).failures) is held


def test_no_row_is_given_twice() -> None:
    result = answered(asked([1.3, 1.3, 1.3]))
    assert result.values[:2].tolist() == [[-0.8], [-0.81]]
    assert result.failures == {2: "the point was recorded 2 times, and is asked for more often"}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"{}", "schema None"),
        (b"[" * 10_000, "recursion"),
        (recorded(kind="film"), "kind 'film'; allowed: table, payload"),
        (recorded(rows=[{"row": 0}]), "malformed table"),
        (recorded(rows=[]), "a table without rows"),
        (recorded(controls=["angle"]), "instead of"),
        (recorded(observable="dipole"), "it holds dipole, not energy"),
    ],
)
def test_other_bytes_are_refused(payload: bytes, said: str) -> None:
    with pytest.raises((ValueError, RecursionError), match=said):
        answered(asked([0.6], payload=payload), payload)


def test_bytes_of_another_digest_are_refused() -> None:
    with pytest.raises(ValueError, match="has the digest"):
        answered(asked([0.6]), recorded(licence=""))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recording": "x"}, "/settings/recording"),
        ({"recording": None}, "/settings/recording"),
        ({"observables": []}, "/settings/observables"),
        ({"observables": "energy"}, "/settings/observables"),
        ({"knobs": ["noise_gain"]}, "/settings/knobs"),
        ({"knobs": {"noise_gain": {"limit": 0}}}, "/settings/knobs"),
        ({"vendor": "acme"}, "/settings/vendor"),
        ({"observables": ["dipole"]}, "/observables/0"),
    ],
)
def test_settings_are_checked(changes: dict[str, Any], field: str) -> None:
    experiment = asked([0.6])
    bad = replace(experiment, settings={**experiment.settings, **changes})
    with pytest.raises(ProgramRejected) as refused:
        ReplayBackend().check(bad, RunOptions())
    assert refused.value.field == field


def test_a_vendors_bytes_of_another_system_are_refused() -> None:
    payload = recording("ibm")
    digest = hashlib.sha256(payload).hexdigest()
    settings = {"recording": digest, "observables": ["energy"], "vendor": "ibm"}
    experiment = replace(asked([0.6]), settings=settings)
    with pytest.raises(ValueError, match="another system"):
        ReplayBackend().parse(payload, experiment, RunOptions())


def test_limits_are_those_of_the_settings_and_need_no_recording() -> None:
    limit = {"kind": "damping", "limit": 0, "order": 1, "default": 1, "states_truncation": False}
    knobs = {"noise_gain": limit, "depth": None}
    (known,) = ReplayBackend().limits("recorded", {"knobs": knobs})
    assert (known.name, known.limit, known.default) == ("noise_gain", 0, 1)
    assert ReplayBackend().limits("recorded", {}) == ()
