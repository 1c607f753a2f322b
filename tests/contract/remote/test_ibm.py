"""What only IBM has: sessions, an estimator, twirling, calibrations, seconds that are charged."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import BackendError, NotCreated, OutcomeUnknown, ProgramRejected
from backends.qpu import ibm_estimate
from backends.qpu.ibm_account import URL
from backends.qpu.ibm_result import NO_NUMBER
from backends.remote import Charge, RemoteStatus
from backends.schema import Result, RunOptions
from tests.contract.remote.asking import ended, payload_of, submit, token_of
from tests.contract.remote.fault import Fault
from tests.contract.remote.ibm import Ibm
from tests.contract.remote.test_numbers import SHOTS, X0, circuit, run
from tests.vendors.ibm import devices
from tests.vendors.ibm.server import SECONDS


@pytest.fixture
def ibm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ibm]:
    with Ibm.started(tmp_path, monkeypatch.setenv) as vendor:
        yield vendor


def sent(ibm: Ibm) -> dict[str, Any]:
    """Body of the last job."""
    return list(ibm.server.books.jobs.values())[-1].body


def given(ibm: Ibm, **settings: Any) -> Any:
    return replace(ibm.experiment, settings={**ibm.settings, **settings})


def test_ibm_is_not_told_what_called_its_client(ibm: Ibm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(inspect, "stack")
    assert ended(ibm, submit(ibm)).cost_micro_usd


@pytest.mark.parametrize(("mode", "kind"), [("batch", "batch"), ("session", "dedicated")])
def test_a_session_has_an_end_and_is_closed_as_soon_as_its_job_is_sent(
    ibm: Ibm, mode: str, kind: str
) -> None:
    ibm.switch(Fault.SLOW)
    asked = given(ibm, mode=mode, session_seconds=123)
    handle: Any = ibm.backend().submit(asked, ibm.options, token=token_of())
    (session,) = ibm.server.books.sessions.values()
    assert (session.mode, session.longest_s, session.accepting) == (kind, 123, False)
    assert sent(ibm)["session_id"] == session.name
    ibm.switch()
    report = ended(ibm, handle)
    expected = SECONDS + 1.0 if mode == "session" else SECONDS  # a session is charged while open
    assert report.qpu_seconds == expected
    assert report.cost_micro_usd == 1_600_000 * expected


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.DROP_AFTER])
def test_a_session_whose_job_is_lost_is_closed_too(ibm: Ibm, fault: Fault) -> None:
    ibm.switch(fault)
    with pytest.raises(NotCreated if fault is Fault.BUSY else OutcomeUnknown):
        ibm.backend().submit(given(ibm, mode="session"), ibm.options, token=token_of())
    (session,) = ibm.server.books.sessions.values()
    assert not session.accepting
    assert len(ibm.posts) == 1


def test_a_session_that_nobody_closed_is_closed_when_its_job_is_over(ibm: Ibm) -> None:
    asked = given(ibm, mode="session")
    handle: Any = ibm.backend().submit(asked, ibm.options, token=token_of())
    (session,) = ibm.server.books.sessions.values()
    session.accepting = True  # whoever sent the job died before it could close the session
    assert ended(ibm, handle).status is RemoteStatus.COMPLETED
    assert not session.accepting


def test_the_most_that_is_reserved_is_what_ibm_is_told(ibm: Ibm) -> None:
    submit(ibm)
    cost = ibm.backend().estimate(ibm.experiment, ibm.options)
    assert sent(ibm)["cost"] == cost.qpu_seconds
    assert sent(ibm)["tags"] == [token_of()]


def test_many_points_are_one_job(ibm: Ibm) -> None:
    plain = ibm.experiment
    points = np.linspace(0.4, 2.4, 40).reshape(-1, 1)
    many = replace(plain, points=points, knob_values=np.ones((40, 1)))
    result = run(ibm, many, RunOptions(shots=50, seed=1))
    assert result.values.shape == (40, 1)
    assert len(ibm.posts) == 1


def test_the_calibration_is_the_one_that_was_in_force_when_it_ran(ibm: Ibm) -> None:
    """The server's calibration at a time is of an hour before that time."""
    result = run(ibm, ibm.experiment)
    source = result.provenance
    assert source.calibrated_at == source.started_at - timedelta(hours=1)
    assert source.calibration_id.startswith("ibm_loopback-")


def test_seconds_and_money_are_those_that_ibm_charges(ibm: Ibm) -> None:
    report = ended(ibm, submit(ibm))
    assert report.qpu_seconds == SECONDS == ibm.server.books.charged_s
    assert report.cost_micro_usd == 1_600_000 * SECONDS


def test_a_job_that_never_ran_costs_nothing(ibm: Ibm) -> None:
    ibm.switch(Fault.SLOW)
    handle = submit(ibm)
    ibm.backend().cancel(handle)
    report = ibm.backend().fetch(handle)
    assert (report.status, report.cost_micro_usd) == (RemoteStatus.CANCELLED, 0)


def test_seconds_that_are_not_counted_yet_are_charged_later(ibm: Ibm) -> None:
    """The result is not kept waiting; until then what was reserved counts as spent."""
    ibm.server.counting = True
    handle = submit(ibm)
    report = ended(ibm, handle)
    assert (report.status, report.cost_micro_usd) == (RemoteStatus.COMPLETED, None)
    assert report.payload
    assert ibm.backend().charged(handle) == Charge()
    ibm.server.counting = False
    assert ibm.backend().charged(handle) == Charge(
        cost_micro_usd=round(1_600_000 * SECONDS), qpu_seconds=SECONDS
    )
    read = [path for _, path in ibm.server.books.requests if path.endswith("/results")]
    assert len(read) == 1, "asking for the bill read the result again"


def test_a_device_that_the_instance_has_not_is_refused_with_those_that_it_has(ibm: Ibm) -> None:
    with pytest.raises(ProgramRejected, match="ibm_loopback") as rejected:
        ibm.backend().submit(given(ibm, device="ibm_nowhere"), ibm.options, token=token_of())
    assert rejected.value.field == "/settings/device"
    assert not ibm.posts


def test_more_circuits_than_are_reserved_are_refused_before_anything_is_sent(ibm: Ibm) -> None:
    with pytest.raises(ProgramRejected, match="take 4 circuits, and 2 are paid for") as rejected:
        ibm.backend().submit(given(ibm, circuits=1), ibm.options, token=token_of())
    assert rejected.value.field == "/settings/circuits"
    assert not ibm.requests


@pytest.mark.parametrize(
    "settings",
    [
        {"gate_twirling": "on"},
        {"measurement_twirling": "on"},
        {"decoupling": "XY4"},
        {"primitive": "estimator"},
        {"primitive": "estimator", "resilience_level": 1},
    ],
    ids="-".join,
)
def test_every_way_of_running_gives_the_exact_values(ibm: Ibm, settings: dict[str, Any]) -> None:
    asked = given(ibm, **settings)
    exact = registry.get("cirq").submit(replace(asked, settings={}), RunOptions(), token=token_of())
    assert isinstance(exact, Result)
    result = run(ibm, asked, RunOptions(shots=1000, seed=2))
    assert np.abs((result.values - exact.values) / result.std_errors).max() < 6.0
    assert result.mixed_values == pytest.approx(np.zeros((2, 1)))


def test_a_point_without_a_number_fails_alone(ibm: Ibm, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extrapolation of few shots can end in NaN; what the other points told is paid for too."""
    asked, told = given(ibm, primitive="estimator"), ibm_estimate.values

    def one_without_an_error(*arguments: Any) -> Any:
        values, errors = told(*arguments)
        errors.reshape(len(ibm.experiment.points), -1)[1] = np.nan
        return values, errors

    monkeypatch.setattr(ibm_estimate, "values", one_without_an_error)
    result = run(ibm, asked, RunOptions(shots=1000, seed=2))
    assert result.failures == {1: NO_NUMBER}
    assert np.isfinite(result.values[0]).all()
    assert np.isnan(result.values[1]).all()


@pytest.mark.parametrize("primitive", ["sampler", "estimator"])
def test_amplified_noise_moves_values_towards_the_mixed_state(ibm: Ibm, primitive: str) -> None:
    """At each gain the values that belong to it, in the order of the rows."""
    ibm.noise()
    gains = np.array([[9.0], [1.0], [9.0], [1.0]])
    asked = replace(
        given(ibm, primitive=primitive),
        points=np.full((4, 1), 0.6),
        knobs=("trotter_steps", "noise_gain"),
        knob_values=np.hstack([np.ones((4, 1)), gains]),
    )
    found = np.abs(run(ibm, asked, RunOptions(shots=8000, seed=2)).values[:, 0])
    assert found[[1, 3]].min() > found[[0, 2]].max()


def test_a_gain_that_no_folds_reach_is_refused_with_the_nearest(ibm: Ibm) -> None:
    knobs = np.array([[1.0, 1.01], [1.0, 1.01]])
    asked = replace(ibm.experiment, knobs=("trotter_steps", "noise_gain"), knob_values=knobs)
    with pytest.raises(ProgramRejected, match="nearest"):
        ibm.backend().submit(asked, ibm.options, token=token_of())
    assert not ibm.posts


def test_a_result_of_the_other_primitive_is_refused(ibm: Ibm) -> None:
    payload = payload_of(ibm, submit(ibm))
    with pytest.raises(ValueError, match="primitive = estimator"):
        ibm.backend().parse(payload, given(ibm, primitive="estimator"), ibm.options)


def test_only_a_server_of_this_machine_takes_ibms_place(
    ibm: Ibm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (URL, "IAM_URL"):
        kept = os.environ[name]
        monkeypatch.setenv(name, "https://elsewhere.example")
        with pytest.raises(BackendError, match="this machine"):
            submit(ibm)
        monkeypatch.setenv(name, kept)
    assert not ibm.requests


def test_circuits_without_angles_take_shots_of_their_own(ibm: Ibm) -> None:
    ibm.noise()
    result = run(ibm, circuit(X0, [[], [], []]), SHOTS)
    counts = [entry["groups"][0]["counts"] for entry in result.raw]
    assert counts[0] != counts[1] or counts[1] != counts[2]


@pytest.mark.parametrize("primitive", ["sampler", "estimator"])
def test_one_point_of_one_angle_is_one_point(ibm: Ibm, primitive: str) -> None:
    """Arrays of one row and one column say too little of their axes."""
    asked = replace(
        circuit("input float turn; qubit[3] q; rx(turn) q[1];", [[np.pi]], "turn"),
        settings={"primitive": primitive},
        observables=("z0", "z1"),
    )
    assert run(ibm, asked).values == pytest.approx(np.array([[1.0, -1.0]]), abs=0.1)


def test_a_result_does_not_wait_for_a_calibration_that_ibm_does_not_tell(
    ibm: Ibm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(before: Any) -> Any:
        raise ConnectionAbortedError("no properties today")

    backend = ibm.backend()
    handle: Any = backend.submit(ibm.experiment, ibm.options, token=token_of())
    monkeypatch.setattr(devices, "properties", away)
    result = backend.parse(payload_of(ibm, handle), ibm.experiment, ibm.options)
    said = result.provenance
    assert (said.calibration_id, said.calibration, said.calibrated_at) == ("", None, None)
    assert np.all(np.isfinite(result.values))
