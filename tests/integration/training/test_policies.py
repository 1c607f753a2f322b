"""Policies that somebody sends."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.worlds.policies import OpenLoop, Policy, dump_policy, read_policy

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_policy_is_sent_and_what_is_none_is_refused_with_its_field(
    world: dict[str, Any], api: APIClient, get: Callable[[str], dict[str, Any]]
) -> None:
    shape = OpenLoop(steps=3, actions=2)
    good = Policy(architecture=shape, parameters=np.full(6, 0.25))
    answer = send(api, world, "mine", dump_policy(good))
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["uploaded"], row["run"], row["kind"]) == (True, None, "open_loop")
    stored = api.get(f"/api/v1/policies/{row['id']}/artifact").content
    assert np.array_equal(read_policy(stored).parameters, good.parameters)
    taken = send(api, world, "mine", dump_policy(good))
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (400, "?name")
    other = Policy(architecture=OpenLoop(steps=4, actions=2), parameters=np.zeros(8))
    pickled = io.BytesIO()
    np.savez(pickled, parameters=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    for bad, says in (
        (dump_policy(other), "/shape/steps"),
        (pickle.dumps(good.parameters), "no policy"),
        (pickled.getvalue(), "no policy"),
        (b"PK\x03\x04" + bytes(100), "no policy"),
        (dump_policy(good)[:-40], "no policy"),
    ):
        refused = send(api, world, "bad", bad)
        assert refused.status_code == 400, says
        assert says in refused.json()["detail"]
    assert send(api, world, "large", bytes(2**20 + 1)).status_code == 413
    assert send(api, world, "", dump_policy(good)).status_code == 400
    assert len(get(f"worlds/{world['id']}/policies")["results"]) == 1


def test_a_policy_that_is_sent_again_with_its_key_is_there_once(
    world: dict[str, Any], api: APIClient
) -> None:
    good, other = (
        dump_policy(Policy(architecture=OpenLoop(steps=3, actions=2), parameters=np.full(6, value)))
        for value in (0.25, 0.5)
    )
    first, again = (send(api, world, "mine", good, key="k") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert send(api, world, "mine", other, key="k").status_code == 409
    assert send(api, world, "yours", good, key="k").status_code == 409


def send(
    api: APIClient, world: dict[str, Any], name: str, data: bytes, key: str | None = None
) -> Any:
    path = f"/api/v1/worlds/{world['id']}/policies?name={name}"
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post(path, data, content_type="application/octet-stream", headers=headers)
