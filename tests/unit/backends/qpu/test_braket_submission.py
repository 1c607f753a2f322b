"""A submission to Amazon Braket: one POST with our token and nobody else's keys."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from backends import registry
from backends.base import Backend, Handle
from backends.errors import CredentialRefused, NotCreated, ProgramRejected
from backends.qpu import braket_queue
from backends.qpu.braket_credential import Credential
from backends.qpu.braket_session import session
from backends.schema import Experiment, RunOptions
from tests.contract.cases import experiment_of
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.devices import arn
from tests.vendors.braket.keys import BUCKETS, CANARY, KEY, SECRET

GARNET = {"device": "iqm/Garnet"}
OPTIONS = RunOptions(shots=100, seed=1)
TOKEN = "qtwin-018f9c3e-6d0a-7000-8000-000000000001-0-0"


def experiment(**settings: Any) -> Experiment:
    return experiment_of("kicked", settings=GARNET | settings)


def opened(secret: str = SECRET) -> Backend:
    backend = registry.get("braket")
    backend.authorise(secret)
    return backend


def sent(asked: Experiment | None = None) -> Handle:
    handle = opened().submit(asked or experiment(), OPTIONS, token=TOKEN)
    assert isinstance(handle, Handle)
    return handle


def test_the_token_is_the_vendors_client_token_and_a_tag(braket: BraketVendor) -> None:
    handle = sent()
    request = braket.books.tasks[handle.remote_id].request
    assert request["clientToken"] == TOKEN
    assert request["tags"] == {"qtwin": TOKEN}
    assert request["outputS3Bucket"] == BUCKETS["eu-north-1"]


def test_many_points_and_bases_are_one_task(braket: BraketVendor) -> None:
    """Four points of an energy that is measured in two bases."""
    sent()
    (post,) = braket.books.posts
    (task,) = braket.books.tasks.values()
    assert task.request["shots"] == 8 * OPTIONS.shots  # type: ignore[operator]  # there are shots
    assert post.arn == task.view["quantumTaskArn"]


def test_a_repeated_token_buys_nothing(braket: BraketVendor) -> None:
    """The program is written anew, byte for byte as before: the vendor compares it."""
    assert sent() == sent()
    assert len(braket.books.posts) == 2
    assert len(braket.books.tasks) == 1


def test_without_shots_only_the_simulators_run(braket: BraketVendor) -> None:
    with pytest.raises(ProgramRejected, match="needs shots") as refused:
        opened().check(experiment(), RunOptions())
    assert refused.value.field == "/shots"
    opened().check(experiment_of("kicked", settings={"device": "amazon/sv1"}), RunOptions())


def test_a_simulator_runs_one_circuit_of_a_point_or_all_words_without_shots() -> None:
    with pytest.raises(ProgramRejected, match="2 circuits"):
        opened().check(experiment_of("kicked", settings={"device": "amazon/sv1"}), OPTIONS)


@pytest.mark.parametrize(("fate", "wait_s"), [("busy", None), ("quota", 60.0), ("offline", 600.0)])
def test_what_is_documented_to_pass_is_not_created(
    braket: BraketVendor, fate: str, wait_s: float | None
) -> None:
    braket.fate = fate
    with pytest.raises(NotCreated) as raised:
        sent()
    assert raised.value.retry_after_s == wait_s
    assert not braket.books.tasks


@pytest.mark.parametrize("fate", ["retired", "rejected"])
def test_what_is_documented_to_stay_is_rejected(braket: BraketVendor, fate: str) -> None:
    braket.fate = fate
    with pytest.raises(ProgramRejected):
        sent()


def test_a_price_above_ours_buys_nothing(braket: BraketVendor) -> None:
    """The budget reserved our list's price."""
    service = braket.devices[arn("eu-north-1", "iqm/Garnet")]["service"]
    service["deviceCost"] = {"price": 0.002, "unit": "shot"}
    with pytest.raises(ProgramRejected, match="charges 2000 micro-USD per shot"):
        sent()
    assert not braket.books.posts


def test_a_spending_limit_of_the_account_makes_it_wait(braket: BraketVendor) -> None:
    braket.limits = [
        {
            "spendingLimitArn": "arn:aws:braket:eu-north-1:123456789012:spending-limit/1",
            "deviceArn": arn("eu-north-1", "iqm/Garnet"),
            "timePeriod": {"startAt": 0, "endAt": 1},
            "spendingLimit": "2",
            "queuedSpend": "0.75",
            "totalSpend": "0.25",
            "createdAt": "2026-11-01T00:00:00Z",
            "updatedAt": "2026-11-01T00:00:00Z",
        }
    ]
    with pytest.raises(NotCreated, match=r"leaves 1\.00 USD, and this may cost 1\.46 USD"):
        sent()
    assert not braket.books.posts


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"action": {"braket.ir.openqasm.program": {}}}, "/settings/device"),
        ({"paradigm": {"qubitCount": 3}}, "/system"),
        ({"service": {"shotsRange": [500, 1000]}}, "/shots"),
    ],
)
def test_what_the_device_says_now_is_heeded(
    braket: BraketVendor, change: dict[str, Any], field: str
) -> None:
    braket.devices[arn("eu-north-1", "iqm/Garnet")].update(change)
    with pytest.raises(ProgramRejected) as refused:
        sent()
    assert refused.value.field == field
    assert not braket.books.posts


def test_who_slept_while_preparing_sends_nothing(
    braket: BraketVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token may be forgotten, and its job somebody else's."""
    monkeypatch.setattr(braket_queue, "MOST_PREPARED_S", 0.0)
    with pytest.raises(NotCreated, match="to prepare"):
        sent()
    assert not braket.books.posts


def test_a_device_has_no_default() -> None:
    with pytest.raises(ProgramRejected, match="iqm/Garnet") as refused:
        opened().check(replace(experiment(), settings={}), OPTIONS)
    assert refused.value.field == "/settings/device"


def test_a_region_without_a_bucket_is_the_credentials_fault(braket: BraketVendor) -> None:
    secret = json.loads(SECRET) | {"buckets": {"us-east-1": "amazon-braket-us"}}
    with pytest.raises(CredentialRefused, match="no bucket in eu-north-1"):
        opened(json.dumps(secret)).submit(experiment(), OPTIONS, token=TOKEN)


def test_keys_of_this_machine_are_never_used(
    braket: BraketVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the environment's nor a profile's: with the wrong ones of the team it is refused."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "environment")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "environment")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    secret = json.dumps(json.loads(SECRET) | {"access_key_id": "AKIAOTHER"})
    with pytest.raises(CredentialRefused, match="bad key"):
        opened(secret).submit(experiment(), OPTIONS, token=TOKEN)
    sent()


@pytest.mark.parametrize(
    "secret",
    [
        CANARY,
        json.dumps([CANARY]),
        json.dumps({"access_key_id": CANARY}),
        json.dumps(json.loads(SECRET) | {"password": CANARY}),
        json.dumps(json.loads(SECRET) | {"buckets": {CANARY: CANARY}}),
        json.dumps(json.loads(SECRET) | {"session_token": 1, "region": CANARY}),
    ],
)
def test_a_credential_that_is_none_is_refused_without_being_shown(
    braket: BraketVendor, secret: str
) -> None:
    with pytest.raises(CredentialRefused, match=r"the credential (has|is)") as refused:
        opened(secret).submit(experiment(), OPTIONS, token=TOKEN)
    assert CANARY not in str(refused.value)
    assert not braket.routes


def test_secrets_are_in_no_text(braket: BraketVendor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    credential = Credential.parse(SECRET)
    made = session(credential, "eu-north-1", token=TOKEN)
    braket.keys = {}
    with pytest.raises(CredentialRefused) as refused:
        sent()
    texts = (repr(credential), str(credential), repr(made), repr(vars(opened())), caplog.text)
    for text in (*texts, str(refused.value), repr(refused.value.__context__)):
        assert CANARY not in text
        assert KEY not in text
