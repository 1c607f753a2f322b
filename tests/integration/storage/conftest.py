"""The stores that must behave alike: files, and a bucket behind the unmodified client of boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qtwin.projects.storage import FileStore, Store, store
from tests.bucket import BUCKET, Bucket, bucket

Spoil = Callable[[str, bytes], None]


@pytest.fixture(scope="module")
def started() -> Iterator[Bucket]:
    with bucket() as one:
        yield one


@pytest.fixture
def shared(started: Bucket, settings: Any, tmp_path: Path) -> Bucket:
    """The settings name the bucket."""
    settings.DATA_DIR = tmp_path
    for name, value in started.settings.items():
        setattr(settings, name, value)
    return started


@pytest.fixture(params=["files", "bucket"])
def kept(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Store:
    settings.DATA_DIR = tmp_path
    if request.param == "bucket":
        request.getfixturevalue("shared")
    return store()


@pytest.fixture
def spoil(kept: Store, request: pytest.FixtureRequest) -> Spoil:
    """Put other bytes where some are kept, behind the store's back."""

    def run(sha256: str, data: bytes) -> None:
        if isinstance(kept, FileStore):
            kept.path(sha256).write_bytes(data)
            return
        client = request.getfixturevalue("started").client
        client.put_object(Bucket=BUCKET, Key=f"team/a/{sha256[:2]}/{sha256}", Body=data)

    return run
