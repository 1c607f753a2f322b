"""A server of S3 on this machine, in a process of its own: moto's, with nothing of ours in it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from qtwin.serve import port
from qtwin.serve.processes import die_with_runner

START_S = 30.0
BUCKET, PREFIX = "qtwin", "team/a"
KEY, SECRET = "mine", "kept-in-a-file"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it listens; a plain client of boto3 sees what is in it."""

    endpoint: str

    @property
    def settings(self) -> dict[str, Any]:
        """Django's, for this bucket."""
        return {
            "ARTIFACTS": f"s3://{BUCKET}/{PREFIX}",
            "S3_ENDPOINT": self.endpoint,
            "S3_REGION": "us-east-1",
            "S3_KEY_ID": KEY,
            "S3_SECRET": SECRET,
        }

    @property
    def client(self) -> Any:
        import boto3

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )


@contextmanager
def bucket(host: str = port.HOST) -> Iterator[Bucket]:
    """Start a server with an empty bucket; it ends with its objects.

    Args:
        host: An address of this machine, in whose network the port of another one is free too.
    """
    chosen = port.free()
    command = [sys.executable, "-m", "moto.server", "-H", host, "-p", str(chosen)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_runner,  # noqa: PLW1509 - one system call, and we have no threads
    )
    try:
        started = Bucket(f"http://{host}:{chosen}")
        _wait(process, started.endpoint)
        started.client.create_bucket(Bucket=BUCKET)
        yield started
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server of S3 ended"
        try:
            httpx.get(f"{address}/moto-api/", timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server of S3 did not start")
