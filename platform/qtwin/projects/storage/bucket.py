"""Stored bytes as objects of a bucket, at any server that speaks S3."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from qtwin.projects.storage.files import DIGITS, FileStore
from qtwin.projects.storage.near import make_room
from qtwin.projects.storage.port import Kept
from qtwin.stored import Away, Corrupt

PAGE = 1000
CONNECT_S, READ_S, TRIES = 3, 20, 3
ABSENT = "*"
"""Put only where nothing is."""

THERE_ALREADY, BUSY_THERE = 412, 409
UNSAYABLE = 501
"""Of servers that do not know the condition; the same digest means the same bytes."""


class BucketStore:
    """Objects named by digest under a prefix; the server checks the digest of what it is sent.

    Args:
        client: Of boto3, for S3.
        near: Files that were fetched for other processes of this machine.
    """

    def __init__(self, client: Any, *, bucket: str, prefix: str, near: Path) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._near = FileStore(near)

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data)
        body = {
            "Bucket": self._bucket,
            "Key": self._key(digest.hexdigest()),
            "Body": data,
            "ChecksumSHA256": base64.b64encode(digest.digest()).decode(),
        }
        with _answering(self._bucket):
            for _ in range(TRIES):
                status = self._put(body)
                if status == UNSAYABLE:
                    status = self._put(body, IfNoneMatch=None)
                if status != BUSY_THERE:
                    return digest.hexdigest()
        raise Away(f"The bucket {self._bucket} takes nothing: somebody else writes the same.")

    def _put(self, body: dict[str, Any], **changed: Any) -> int:
        """Send it; the status, of those that say something else than that it failed."""
        from botocore.exceptions import ClientError

        asked = {**body, "IfNoneMatch": ABSENT, **changed}
        try:
            self._client.put_object(**{name: value for name, value in asked.items() if value})
        except ClientError as error:
            status = _status(error)
            if status in {THERE_ALREADY, BUSY_THERE, UNSAYABLE}:
                return status
            raise
        return 200

    def get(self, sha256: str) -> bytes:
        with _answering(self._bucket):
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))
            data: bytes = found["Body"].read()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Corrupt(sha256)
        return data

    def local(self, sha256: str) -> Path:
        path = self._near.path(sha256)
        try:
            os.utime(path, ns=(time.time_ns(),) * 2)
        except FileNotFoundError:
            self._near.put(self.get(sha256))
            make_room(self._near, besides=sha256)
        return path

    def kept(self) -> Iterator[Kept]:
        with _answering(self._bucket):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix, PaginationConfig={"PageSize": PAGE}
            )
            for page in pages:
                for row in page.get("Contents", ()):
                    name = row["Key"].rsplit("/", 1)[-1]
                    if len(name) == DIGITS and row["Key"] == self._key(name):
                        yield Kept(sha256=name, size=row["Size"], since=row["LastModified"])

    def try_write(self) -> None:
        key = f"{self._prefix}tried"
        with _answering(self._bucket):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=b"\0" * 4096)
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def discard(self, sha256: str) -> None:
        with _answering(self._bucket):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256))
        self._near.discard(sha256)

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256}"


@contextmanager
def _answering(bucket: str) -> Iterator[None]:
    """Translate what boto3 raises.

    Raises:
        FileNotFoundError: There is no such object.
        Away: The server cannot be reached, refuses the key, or has no such bucket.
    """
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in {"NoSuchKey", "404"}:
            raise FileNotFoundError(code) from error
        raise Away(f"The bucket {bucket} answers {_status(error)} {code}.") from error
    except (BotoCoreError, HTTPClientError) as error:
        raise Away(f"The bucket {bucket} does not answer: {type(error).__name__}.") from error


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def configured(near: Path) -> BucketStore:
    """The bucket of the settings."""
    bucket, _, prefix = str(settings.ARTIFACTS).removeprefix("s3://").partition("/")
    client = _client(
        os.getpid(),
        settings.S3_ENDPOINT,
        settings.S3_REGION,
        settings.S3_KEY_ID,
        settings.S3_SECRET,
    )
    return BucketStore(client, bucket=bucket, prefix=prefix.strip("/"), near=near)


@lru_cache(maxsize=2)
def _client(process: int, endpoint: str, region: str, key: str, secret: str) -> Any:
    """One for each process: connections do not survive a fork."""
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        aws_access_key_id=key or None,
        aws_secret_access_key=secret or None,
        config=Config(
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            s3={"addressing_style": "path" if endpoint else "auto"},
        ),
    )
