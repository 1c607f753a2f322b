"""A bucket that several machines share: what is particular to it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from qtwin.projects.storage import Away, store
from qtwin.serve import port
from tests.bucket import BUCKET, Bucket


def test_it_lists_more_than_a_page_and_only_what_is_under_its_prefix(
    shared: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.projects.storage.bucket.PAGE", 3)
    before = {row.sha256 for row in store().kept()}
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(10)]
    client = shared.client
    for name in names:
        client.put_object(Bucket=BUCKET, Key=f"team/a/{name[:2]}/{name}", Body=b"x")
    foreign = ("team/a/readme.txt", f"team/b/00/{'0' * 64}", f"team/a/ff/{'0' * 64}")
    for key in foreign:
        client.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    assert {row.sha256 for row in store().kept()} - before == set(names)


def test_what_was_fetched_for_another_process_takes_no_more_room_than_allowed(
    shared: Bucket, settings: Any, tmp_path: Path
) -> None:
    settings.NEAR_BYTES = 2500
    kept = store()
    first, second, third = names = [kept.put(bytes([number]) * 1000) for number in range(3)]
    assert not list(tmp_path.iterdir())
    for name in (first, second, first, third):
        assert hashlib.sha256(kept.local(name).read_bytes()).hexdigest() == name
    near = {path.name for path in tmp_path.glob("near/??/*")}
    assert near == {first, third}, "the one that was used longest ago goes"
    assert [kept.get(name)[:1] for name in names] == [b"\0", b"\1", b"\2"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"S3_ENDPOINT": f"http://127.0.0.1:{port.free()}"}, "does not answer"),
        ({"ARTIFACTS": "s3://nobodys/team"}, "bucket nobodys answers 404 NoSuchBucket"),
    ],
)
def test_one_that_cannot_be_used_is_away_and_says_why(
    shared: Bucket, settings: Any, changed: dict[str, str], sentence: str
) -> None:
    name = store().put(b"kept")
    for setting, value in changed.items():
        setattr(settings, setting, value)
    for call in (
        lambda: store().put(b"new"),
        lambda: store().get(name),
        lambda: store().local(name),
        lambda: list(store().kept()),
        lambda: store().discard(name),
        store().try_write,
    ):
        with pytest.raises(Away, match=sentence):
            call()
