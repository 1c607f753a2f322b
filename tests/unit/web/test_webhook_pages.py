"""A team's webhooks, made and looked after by people."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from qtwin.accounts.models import Team, User
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.services import webhook_create

pytestmark = pytest.mark.django_db
URL = "https://example.org/hook"


@pytest.fixture
def place(team: Team) -> str:
    return f"/teams/{team.pk}"


@pytest.fixture
def hook(team: Team, user: User) -> Webhook:
    return webhook_create(team=team, url=URL, events=["job.failed"], by=user)[0]


def test_the_secret_is_shown_in_the_answer_and_on_no_later_page(
    signed_in: Client, place: str
) -> None:
    assert f'action="{place}/webhooks"' in signed_in.get(place).content.decode()
    form = {"url": URL, "events": ["job.failed", "twin.version"]}
    answer = signed_in.post(f"{place}/webhooks", form)
    (secret,) = re.findall(r"whsec_[\w+/=]+", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    hook = Webhook.objects.get()
    assert (hook.url, hook.events) == (URL, ["job.failed", "twin.version"])
    for page in (place, f"{place}/webhooks/{hook.pk}"):
        body = signed_in.get(page).content.decode()
        assert URL in body
        assert secret not in body
        assert "whsec_" not in body


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"url": "https://127.0.0.1/", "events": ["job.failed"]}, "a host of the public internet"),
        ({"url": "http://example.org/", "events": ["job.failed"]}, "https://host/path"),
        ({"url": URL}, "choose at least one event"),
        ({"url": URL, "events": ["everything"]}, "choose at least one event"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    signed_in: Client, place: str, form: dict[str, str], sentence: str
) -> None:
    answer = signed_in.post(f"{place}/webhooks", form)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Webhook.objects.exists()


def test_it_is_tested_switched_changed_and_deleted(
    signed_in: Client, place: str, hook: Webhook
) -> None:
    page = f"{place}/webhooks/{hook.pk}"
    assert signed_in.post(f"{page}:test")["Location"] == page
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="failed", attempts=11, detail="answered <500>")
    body = signed_in.get(page).content.decode()
    assert "Given up" in body
    assert "answered &lt;500&gt;" in body
    assert signed_in.post(f"{page}/deliveries/{delivery.pk}:redeliver")["Location"] == page
    assert Delivery.objects.get().state == "waiting"
    signed_in.post(f"{page}:off")
    assert "switched off by hand" in signed_in.get(page).content.decode()
    refused = signed_in.post(f"{page}:test")
    assert (refused.status_code, b"switch it on first" in refused.content) == (409, True)
    assert signed_in.post(f"{page}/deliveries/{delivery.pk}:redeliver").status_code == 409
    signed_in.post(f"{page}:on")
    signed_in.post(f"{page}:change", {"url": URL + "2", "events": ["job.held", "nonsense"]})
    hook.refresh_from_db()
    assert (hook.url, hook.events, hook.off_since) == (URL + "2", ["job.held"], None)
    assert signed_in.post(f"{page}:change", {"url": URL}).status_code == 409
    assert signed_in.post(f"{page}:explode").status_code == 404
    assert signed_in.post(f"{page}:delete")["Location"] == place
    assert not Webhook.objects.exists()


def test_a_viewer_sees_nothing_of_them(
    client: Client, place: str, hook: Webhook, viewer: User
) -> None:
    client.force_login(viewer)
    assert URL not in client.get(place).content.decode()
    assert client.get(f"{place}/webhooks/{hook.pk}").status_code == 404
