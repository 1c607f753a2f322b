"""One session of the real SDK for one region, with the team's keys and nobody else's."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from backends.qpu.braket_credential import Credential

if TYPE_CHECKING:
    from braket.aws import AwsSession

CONNECT_S, READ_S = 10.0, 30.0
TAG = "qtwin"
"""Key of the tag that holds our token."""


def session(credential: Credential, region: str, *, token: str = "") -> AwsSession:
    """A session that sends each request once, and names a submission by its token.

    Environment variables, profiles, files and instance roles of this machine give it no keys.
    """
    import boto3
    import botocore.session
    from botocore.config import Config

    nothing = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    empty = botocore.session.Session(session_vars=nothing)
    empty.register_component("data_loader", _loader())
    keys = boto3.Session(
        aws_access_key_id=credential.access_key_id,
        aws_secret_access_key=credential.secret_access_key,
        aws_session_token=credential.session_token or None,
        region_name=region,
        botocore_session=empty,
    )
    once = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        s3={"addressing_style": "path"} if os.environ.get("AWS_ENDPOINT_URL_S3") else None,
    )
    made: AwsSession = _token_session()(
        boto_session=keys, config=once, default_bucket=credential.bucket(region)
    )
    made.token = token
    return made


@cache
def _loader() -> Any:
    """Descriptions of the services, read once for all sessions; they hold nothing of a team."""
    from botocore.loaders import create_loader

    return create_loader()


@cache
def _token_session() -> Any:
    """`AwsSession` with the idempotency token that the SDK itself leaves to chance."""
    from braket.aws import AwsSession

    class TokenSession(AwsSession):  # type: ignore[misc]  # no types
        token = ""

        def create_quantum_task(self, **request: Any) -> str:
            """Create a task, or give the one that the token made before."""
            if not self.token:
                raise ValueError("a submission needs a token")
            tags = {**request.pop("tags", {}), TAG: self.token}
            arn: str = super().create_quantum_task(**request, clientToken=self.token, tags=tags)
            return arn

        @property
        def s3_client(self) -> Any:
            """With the same patience as the control plane, and one try."""
            return self.boto_session.client("s3", config=self._config)

    return TokenSession
