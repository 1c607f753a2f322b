"""Whatever keeps bytes, keeps them alike."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from qtwin.projects.storage import Corrupt, Store
from tests.integration.storage.conftest import Spoil

NOTHING = "0" * 64


def test_bytes_are_kept_once_under_their_digest(kept: Store) -> None:
    data = [b"", b"one", bytes(range(256)) * 8192]
    names = [kept.put(one) for one in data for _ in range(2)][::2]
    assert names == [hashlib.sha256(one).hexdigest() for one in data]
    assert [kept.get(name) for name in names] == data
    assert [kept.local(name).read_bytes() for name in names] == data
    rows = {row.sha256: row for row in kept.kept()}
    assert {name: rows[name].size for name in names} == dict(
        zip(names, map(len, data), strict=True)
    )
    since = [abs(rows[name].since - datetime.now(UTC)) for name in names]
    assert max(since) < timedelta(minutes=1)


def test_what_is_discarded_is_gone_and_may_come_back(kept: Store) -> None:
    name = kept.put(b"short-lived")
    for _ in range(2):
        kept.discard(name)
    assert name not in {row.sha256 for row in kept.kept()}
    for read in (kept.get, kept.local):
        with pytest.raises(FileNotFoundError):
            read(name)
    assert kept.put(b"short-lived") == name
    assert kept.get(name) == b"short-lived"


def test_a_try_to_write_leaves_nothing(kept: Store) -> None:
    before = {row.sha256 for row in kept.kept()}
    kept.try_write()
    assert {row.sha256 for row in kept.kept()} == before


def test_nothing_is_found_under_a_digest_of_nothing(kept: Store) -> None:
    for read in (kept.get, kept.local):
        with pytest.raises(FileNotFoundError):
            read(NOTHING)


def test_changed_bytes_are_noticed_when_they_are_read(kept: Store, spoil: Spoil) -> None:
    name = kept.put(b"as it was")
    spoil(name, b"as it never was")
    with pytest.raises(Corrupt, match=name):
        kept.get(name)


def test_what_is_there_is_not_written_again(kept: Store, spoil: Spoil) -> None:
    name = kept.put(b"first")
    spoil(name, b"a mark")
    assert kept.put(b"first") == name
    with pytest.raises(Corrupt):
        kept.get(name)
