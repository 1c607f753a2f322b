"""The code that docs/webhooks.md gives to receivers tells QTwin's messages from others'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qtwin.accounts.models import User
from qtwin.jobs.models import Event, Job
from qtwin.projects.models import Project
from qtwin.webhooks.kinds import Kind
from qtwin.webhooks.message import body_of
from qtwin.webhooks.models import Webhook
from qtwin.webhooks.services import delivery_test
from qtwin.webhooks.signature import new_secret, signed_headers
from tests.docs.fences import blocks
from tests.receiver import Receiver
from workers.webhook import deliver

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def is_genuine() -> Any:
    (code,) = blocks("webhooks.md", "python")
    space: dict[str, Any] = {}
    exec(code, space)
    return space["is_genuine"]


def test_a_real_delivery_is_genuine_and_whatever_is_changed_is_not(
    is_genuine: Any, receiver: Receiver, hooked: tuple[Webhook, str], user: User
) -> None:
    hook, secret = hooked
    delivery_test(webhook=hook, by=user)
    deliver(str(hook.pk))
    (got,) = receiver.got
    assert is_genuine(secret, got.headers, got.body)
    rotated = {**got.headers, "webhook-signature": "v1,x " + got.headers["webhook-signature"]}
    assert is_genuine(secret, rotated, got.body)
    assert not is_genuine(new_secret(), got.headers, got.body)
    assert not is_genuine(secret, got.headers, got.body + b" ")
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert not is_genuine(secret, {**got.headers, name: got.headers[name] + "1"}, got.body)


def test_an_old_message_is_refused(is_genuine: Any) -> None:
    secret = new_secret()
    old = signed_headers(secret, message="m", timestamp=1_700_000_000, body=b"{}")
    assert not is_genuine(secret, old, b"{}")


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the specification's reference libraries."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_page_names_every_event() -> None:
    assert not [kind for kind in Kind if f"`{kind.value}`" not in PAGE]


def test_the_example_is_what_a_failed_job_is_told_as(project: Project, job: Job) -> None:
    (text,) = blocks("webhooks.md", "json")
    event = Event.objects.create(
        project=project,
        job=job,
        kind="job.state",
        to_state="FAILED",
        data={"reason_code": "rejected"},
    )
    real = json.loads(body_of(event, Kind.JOB_FAILED))

    def shape(value: Any) -> Any:
        return {key: shape(value[key]) for key in value} if isinstance(value, dict) else None

    assert shape(json.loads(text)) == shape(real)
