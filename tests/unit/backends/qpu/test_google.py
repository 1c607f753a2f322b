"""The adapter to Google's Quantum Engine, against the client's own engine in memory."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
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
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
    UnknownStatus,
)
from backends.prices import Price, PriceTable
from backends.qpu import google_engine, google_offer, google_payload
from backends.qpu.google_errors import AlreadyThereError, MissingError, asking, submitting
from backends.remote import RemoteStatus, Report
from backends.schema import Experiment, RunOptions
from tests.contract.cases import QUENCH, experiment_of

PROJECT = "our-project"
KEY = {
    "type": "service_account",
    "private_key_id": "0123456789abcdef",
    "private_key": "-----BEGIN",
    "client_email": "twin@our-project.iam.gserviceaccount.com",
    "client_id": "1",
    "token_uri": "https://oauth2.googleapis.com/token",
}
SECRET = json.dumps({"project_id": PROJECT, "service_account": KEY})
DEVICE = "willow_pink"
OPTIONS = RunOptions(shots=4000)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ASKED = experiment_of(
    "trotter",
    settings={"device": DEVICE},
    knobs=("trotter_steps",),
    knob_values=np.full((4, 1), 2.0),
)


def in_memory(*, runs: bool = True) -> Any:
    """The client's engine with one processor without noise.

    Args:
        runs: Whether a job runs at once, or waits for ever.
    """
    from cirq_google import engine
    from cirq_google.engine import engine_validator, virtual_engine_factory
    from cirq_google.engine.local_simulation_type import LocalSimulationType
    from cirq_google.engine.simulated_local_processor import SimulatedLocalProcessor

    kind = LocalSimulationType.ASYNCHRONOUS if runs else LocalSimulationType.SYNCHRONOUS
    calibration = engine.load_median_device_calibration(DEVICE)
    made = SimulatedLocalProcessor(
        processor_id=DEVICE,
        device=engine.create_device_from_processor_id(DEVICE),
        device_specification=virtual_engine_factory.create_device_spec_from_processor_id(DEVICE),
        validator=engine_validator.create_engine_validator(),
        program_validator=engine_validator.create_program_validator(),
        calibrations={calibration.timestamp // 1000: calibration},
        simulation_type=kind,
    )
    return engine.SimulatedLocalEngine([made])


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """A backend with a credential, whose engine is the given one."""

    def run(made: Any) -> Any:
        monkeypatch.setattr(google_engine, "engine", lambda _: made)
        backend = registry.get("google")
        backend.authorise(SECRET)
        return backend

    return run


def waited(backend: Any, handle: Handle) -> Report:
    for _ in range(600):
        report: Report = backend.fetch(handle)
        if report.status not in {RemoteStatus.WAITING, RemoteStatus.RUNNING}:
            return report
        time.sleep(0.05)
    raise AssertionError("the job did not end")


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


def test_measurements_of_another_form_are_kept_as_a_problem() -> None:
    import cirq

    one = np.zeros((3, 1), dtype=np.uint8)
    for measured in ({"m": one}, {"0": one, "1": one[:2]}, {}):
        seen = cirq.ResultDict(params=cirq.ParamResolver({}), measurements=measured)
        assert "another form" in google_payload.written(seen)["problem"]
    seen = cirq.ResultDict(params=cirq.ParamResolver({}), measurements={"1": one + 1, "0": one})
    kept = google_payload.written(seen)
    assert google_payload.counts(kept, qubits=2, shots=3) == {"01": 3}


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


@pytest.fixture
def payload(use: Any) -> bytes:
    backend = use(in_memory())
    return waited(backend, backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")).payload or b""


def first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["results"][0]
    return found


def shorter(document: dict[str, Any]) -> None:
    bits = base64.b64decode(first(document)["bits"])
    first(document)["bits"] = base64.b64encode(bits[:-1]).decode()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda d: d["results"].pop(), "7 circuits instead of 8"),
        (lambda d: d["results"].append(first(d)), "9 circuits instead of 8"),
        (lambda d: first(d).update(qubits=3), "3 qubits instead of 4"),
        (lambda d: first(d).update(shots=3999), "3999 shots"),
        (lambda d: first(d).update(bits="*"), "base64"),
        (shorter, "1999 bytes"),
        (lambda d: d["results"].__setitem__(0, {"problem": "of another form"}), "another form"),
        (lambda d: d.update(schema_version=2), "no result"),
        (lambda d: d.update(results={}), "no list"),
        (lambda d: d["results"].__setitem__(0, []), "no JSON object"),
        (lambda d: d["job"].pop("created_at"), "None"),
        (lambda d: d["calibration"].update(timestamp_ms="now"), "timestamp_ms"),
    ],
)
def test_a_malformed_payload_is_refused(
    spoil: Callable[[dict[str, Any]], Any], why: str, payload: bytes
) -> None:
    document = json.loads(payload)
    spoil(document)
    with pytest.raises(ValueError, match=why):
        registry.get("google").parse(json.dumps(document).encode(), ASKED, OPTIONS)


def test_a_result_of_other_points_or_shots_is_refused(payload: bytes) -> None:
    backend = registry.get("google")
    assert backend.parse(payload, ASKED, OPTIONS).values.shape == (4, 1)
    for experiment, options in ((ASKED.rows(0, 1), OPTIONS), (ASKED, RunOptions(shots=7))):
        with pytest.raises(ValueError, match="instead of"):
            backend.parse(payload, experiment, options)


def test_bits_after_the_last_shot_are_refused(use: Any) -> None:
    backend, options = use(in_memory()), RunOptions(shots=101)
    report = waited(backend, backend.submit(ASKED, options, token="qtwin-a-0-1"))
    document = json.loads(report.payload or b"")
    bits = bytearray(base64.b64decode(first(document)["bits"]))
    bits[-1] |= 1
    first(document)["bits"] = base64.b64encode(bits).decode()
    with pytest.raises(ValueError, match="after the last shot"):
        backend.parse(json.dumps(document).encode(), ASKED, options)


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


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (400, ProgramRejected),
        (401, CredentialRefused),
        (403, CredentialRefused),
        (404, ProgramRejected),
        (409, AlreadyThereError),
        (429, OutcomeUnknown),
        (504, OutcomeUnknown),
    ],
)
def test_what_a_refused_submission_means(code: int, meaning: type[Exception]) -> None:
    from cirq_google.engine.engine_client import EngineException

    with pytest.raises(meaning), submitting():
        raise EngineException("no", code)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(401, CredentialRefused), (403, CredentialRefused), (404, MissingError)]
    + [(code, BackendUnavailable) for code in (400, 409, 429, 504)],
)
def test_what_a_refused_question_means(code: int, meaning: type[Exception]) -> None:
    from cirq_google.engine.engine_client import EngineException

    with pytest.raises(meaning), asking():
        raise EngineException("no", code)


@pytest.mark.parametrize(
    ("raised", "meaning"),
    [(409, None), (403, CredentialRefused), (TimeoutError("500"), OutcomeUnknown)],
)
def test_a_submission_that_the_vendor_refuses(
    raised: Any, meaning: type[Exception] | None, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cirq_google.engine.engine_client import EngineException

    made = in_memory()
    backend = use(made)

    def refuse(*_: Any, **__: Any) -> None:
        raise EngineException("no", raised) if isinstance(raised, int) else raised

    monkeypatch.setattr(made.get_processor(DEVICE), "run_sweep", refuse)
    if meaning is None:
        handle = backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")
        assert handle.remote_id == google_engine.name_of(PROJECT, "qtwin-a-0-1")
    else:
        with pytest.raises(meaning):
            backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")


def test_nothing_is_created_while_google_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Any) -> None:
        raise BackendUnavailable("Google cannot be reached")

    monkeypatch.setattr(google_engine, "engine", refuse)
    backend = registry.get("google")
    backend.authorise(SECRET)
    with pytest.raises(NotCreated):
        backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")


def secret(**changes: Any) -> str:
    return json.dumps({"project_id": PROJECT, "service_account": {**KEY, **changes}})


def test_a_credential_is_recognised_by_its_key() -> None:
    assert registry.get("google").recognise(SECRET) == "cdef"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("no json", ""),
        ("[]", ""),
        (json.dumps({"project_id": PROJECT, "service_account": KEY, "more": 1}), ""),
        (json.dumps({"service_account": KEY}), "/project_id"),
        (json.dumps({"project_id": "A/B", "service_account": KEY}), "/project_id"),
        (json.dumps({"project_id": PROJECT}), "/service_account"),
        (secret(type="authorized_user"), "/service_account"),
        (secret(private_key=""), "/service_account/private_key"),
        (secret(client_email=7), "/service_account/client_email"),
        (secret(token_uri="http://169.254.169.254/"), "/service_account/token_uri"),
    ],
)
def test_a_credential_of_another_form_is_refused_by_its_field(given: str, field: str) -> None:
    backend = registry.get("google")
    with pytest.raises(CredentialRefused) as refused:
        backend.recognise(given)
    assert refused.value.field == field
    assert "BEGIN" not in str(refused.value)
    assert "169.254" not in str(refused.value)
    backend.authorise(given)
    with pytest.raises(CredentialRefused):
        backend.submit(ASKED, OPTIONS, token="qtwin-a-0-1")


def test_the_real_engine_is_made_with_requests_that_are_sent_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No access token is fetched here; what is made of it is the client that would run."""
    monkeypatch.setattr(google_engine, "_access", lambda _: None)
    backend: Any = registry.get("google")
    backend.authorise(SECRET)
    made = backend._engine()
    assert made.project_id == PROJECT
    assert made.context.enable_streaming is False
    assert made.context.client.max_retry_delay_seconds == 0


def test_a_key_that_is_none_is_refused_before_anybody_is_asked() -> None:
    backend: Any = registry.get("google")
    backend.authorise(SECRET)
    with pytest.raises(CredentialRefused, match="Google refuses the key"):
        backend.devices()
