"""The adapter to Google's Quantum Engine, against the client's own engine in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from backends import prices, registry
from backends.base import Handle
from backends.device_status import DeviceState
from backends.errors import (
    BackendUnavailable,
    NotCreated,
    ProgramRejected,
    UnknownStatus,
)
from backends.prices import Price, PriceTable
from backends.qpu import google_engine, google_offer
from backends.remote import RemoteStatus, Report
from backends.schema import Experiment, RunOptions
from tests.contract.cases import QUENCH, experiment_of
from tests.unit.backends.qpu.google_case import (
    ASKED,
    DEVICE,
    LONG_AGO,
    OPTIONS,
    PROJECT,
    in_memory,
    waited,
)


def jobs(made: Any) -> list[Any]:
    return list(made.list_jobs())


@pytest.mark.parametrize("method", ["trotter", "vqe", "circuit"])
def test_the_energies_are_those_of_the_exact_simulator(method: str, use: Any) -> None:
    asked = ASKED if method == "trotter" else experiment_of(method, settings={"device": DEVICE})
    made = in_memory()
    backend = use(made)
    handle = backend.submit(asked, OPTIONS, token="qtwin-a-0-1")
    report = waited(backend, handle)
    assert report.status is RemoteStatus.COMPLETED
    result = backend.parse(report.payload, asked, OPTIONS)
    exact: Any = registry.get("cirq").submit(replace(asked, settings={}), RunOptions(), token="t")
    assert not result.failures
    assert (result.std_errors >= 0).all()
    assert (result.std_errors < 0.2).all()
    away = np.abs(result.values - exact.values)
    assert (away <= 4.5 * result.std_errors + 1e-6).all(), away / result.std_errors
    assert np.ptp(exact.values) > 0.15, "the points differ"
    (job,) = jobs(made)
    assert job.get_calibration() is not None
    assert result.provenance.calibration_id.startswith(f"{DEVICE}@")
    assert result.provenance.remote_id == handle.remote_id


def test_all_points_of_a_structure_are_one_circuit_with_a_sweep(use: Any) -> None:
    made = in_memory(runs=False)
    use(made).submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    (job,) = jobs(made)
    circuits = job.program().get_circuits()
    assert len(circuits) == 2  # Z and X of an Ising chain
    for index in range(2):
        shots, sweeps = job.get_repetitions_and_sweeps(index)
        assert shots == OPTIONS.shots
        assert [len(sweep) for sweep in sweeps] == [4]


def test_a_token_makes_one_job(use: Any) -> None:
    made = in_memory(runs=False)
    backend = use(made)
    first = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    (job,) = jobs(made)
    again = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    assert again == first
    assert jobs(made) == [job]
    assert backend.submit(ASKED, OPTIONS, token="qtwin-a-0-2") != first
    assert len(jobs(made)) == 2


def test_a_waiting_job_is_found_by_its_token_and_cancelled(use: Any) -> None:
    backend = use(in_memory(runs=False))
    handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    assert backend.fetch(handle) == Report(status=RemoteStatus.WAITING, word="READY")
    assert backend.find("qtwin-a-0-1", LONG_AGO) == [handle]
    assert backend.find("qtwin-a-0-2", LONG_AGO) == []
    backend.cancel(handle)
    assert backend.fetch(handle).status is RemoteStatus.CANCELLED
    assert backend.find("qtwin-a-0-1", LONG_AGO) == []
    backend.cancel(handle)


def test_cancelling_what_ended_changes_nothing(use: Any) -> None:
    backend = use(in_memory())
    handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    waited(backend, handle)
    backend.cancel(handle)
    assert backend.fetch(handle).status is RemoteStatus.COMPLETED


@pytest.mark.parametrize("word", [0, 99])
def test_an_unknown_status_is_never_guessed(
    word: int, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cirq_google.cloud import quantum

    made = in_memory(runs=False)
    backend = use(made)
    handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    (job,) = jobs(made)
    state = quantum.ExecutionStatus.State(word) if word == 0 else word
    monkeypatch.setattr(job, "_state", state)
    with pytest.raises(UnknownStatus, match="STATE_UNSPECIFIED" if word == 0 else "99"):
        backend.fetch(handle)


def test_a_job_that_failed_says_why(use: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from cirq_google.cloud import quantum

    made = in_memory(runs=False)
    backend = use(made)
    handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    (job,) = jobs(made)
    monkeypatch.setattr(job, "_state", quantum.ExecutionStatus.State.FAILURE)
    monkeypatch.setattr(job, "_failure_code", "CALIBRATION_FAILURE")
    monkeypatch.setattr(job, "_failure_message", "try later")
    report = backend.fetch(handle)
    assert report.status is RemoteStatus.FAILED
    assert report.message == "CALIBRATION_FAILURE: try later"


def test_a_run_that_is_gone_or_of_another_project_is_asked_for_later(use: Any) -> None:
    backend = use(in_memory())
    for project, token in ((PROJECT, "nobody"), ("other-project", "nobody")):
        handle = Handle(backend="google", remote_id=google_engine.name_of(project, token))
        with pytest.raises(BackendUnavailable, match="nobody"):
            backend.fetch(handle)


def test_a_processor_that_is_down_takes_nothing(use: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = in_memory()
    monkeypatch.setattr(made.get_processor(DEVICE), "health", lambda: "DOWN")
    backend = use(made)
    with pytest.raises(NotCreated, match="DOWN") as refused:
        backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    assert refused.value.retry_after_s
    assert not jobs(made)
    (seen,) = backend.devices()
    assert (seen.state, seen.reason) == (DeviceState.OFFLINE, "Google says DOWN")


def test_processors_are_listed_without_a_price(use: Any) -> None:
    (seen,) = use(in_memory()).devices()
    assert (seen.name, seen.state, seen.qubits) == (DEVICE, DeviceState.ONLINE, 105)
    assert seen.price is None
    assert seen.calibrated_at is not None


def test_an_unknown_processor_is_refused(use: Any) -> None:
    asked = replace(ASKED, settings={"device": "nobody"})
    with pytest.raises(ProgramRejected, match="'nobody'") as refused:
        use(in_memory()).submit(asked, OPTIONS, token="qtwin-a-0-1")
    assert refused.value.field == "/settings/device"


@pytest.mark.parametrize("device", [None, "", "No Processor", "a/b"])
def test_a_processor_must_be_named(device: str | None) -> None:
    settings = {} if device is None else {"device": device}
    with pytest.raises(ProgramRejected) as refused:
        registry.get("google").check(replace(ASKED, settings=settings), OPTIONS)
    assert refused.value.field == "/settings/device"


def test_too_many_shots_of_one_job_are_refused_before_it_is_sent() -> None:
    backend = registry.get("google")
    many = Experiment(
        system=QUENCH,
        method="trotter",
        controls=ASKED.controls,
        points=np.linspace(0.5, 2.0, 26)[:, None],
        observables=("energy",),
        settings=ASKED.settings,
        knobs=ASKED.knobs,
        knob_values=np.full((26, 1), 2.0),
    )
    with pytest.raises(ProgramRejected, match="5200000 shots"):
        backend.check(many, RunOptions(shots=100_000))
    backend.check(many.rows(0, 25), RunOptions(shots=100_000))


def test_an_estimate_has_no_price_unless_a_table_has_one(
    use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = use(in_memory())
    handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
    assert waited(backend, handle).cost_micro_usd is None
    assert prices.price_tables("google") == ()
    cost = backend.estimate(ASKED, OPTIONS)
    assert (cost.money_micro_usd, cost.prices, cost.shots) == (0, "", 8 * 4000)
    table = PriceTable(
        vendor="google",
        true_on=datetime(2026, 11, 1, tzinfo=UTC).date(),
        source="a contract",
        devices={DEVICE: Price(task=300_000, shot=10)},
    )
    monkeypatch.setattr(google_offer, "price_tables", lambda _: (table,))
    monkeypatch.setattr(prices, "price_tables", lambda _: (table,))
    priced = backend.estimate(ASKED, OPTIONS)
    assert priced.money_micro_usd == 300_000 + 10 * 8 * 4000
    assert priced.prices == "google 2026-11-01"
    assert waited(backend, handle).cost_micro_usd == priced.money_micro_usd
    other = replace(ASKED, settings={"device": "weber"})
    assert backend.estimate(other, OPTIONS).money_micro_usd == 0
