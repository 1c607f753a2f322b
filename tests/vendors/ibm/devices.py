"""The one device: a recorded one of five qubits, with a calibration that changes by the hour."""

from __future__ import annotations

import importlib.resources
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import SplitResult, parse_qs

import jwt

NAME = "ibm_loopback"
RECORDED = "manila"
STATUS: dict[str, Any] = {"status": "active", "state": True, "length_queue": 3}


@cache
def _recorded(what: str) -> dict[str, Any]:
    folder = importlib.resources.files("qiskit_ibm_runtime.fake_provider.backends") / RECORDED
    found: dict[str, Any] = json.loads((folder / f"{what}_{RECORDED}.json").read_text())
    return found | {"backend_name": NAME}


def answer(url: SplitResult) -> tuple[int, Any]:
    """Of everything below ``/backends``."""
    match url.path.removeprefix("/backends").split("/")[1:]:
        case []:
            device = {"name": NAME, "status": {"name": "online"}, "qubits": 5}
            return 200, {"devices": [device]}
        case [name, "configuration"] if name == NAME:
            return 200, _recorded("conf") | {"simulator": False}
        case [name, "properties"] if name == NAME:
            before = parse_qs(url.query).get("updated_before")
            return 200, properties(datetime.fromisoformat(before[0]) if before else None)
        case [name, "status"] if name == NAME:
            return 200, STATUS
    return 404, {"errors": [{"code": 404, "message": f"no {url.path}"}]}


def properties(before: datetime | None) -> dict[str, Any]:
    """The calibration that was in force at a time: of an hour before, for now of just now."""
    at = datetime.now(UTC) if before is None else before - timedelta(hours=1)
    return _recorded("props") | {"last_update_date": at.isoformat()}


def access_token(now: int) -> dict[str, Any]:
    """As IBM's identity service gives it."""
    claims = {"iat": now, "exp": now + 3600, "sub": "loopback"}
    return {
        "access_token": jwt.encode(claims, "k" * 32, algorithm="HS256"),
        "refresh_token": "none",
        "token_type": "Bearer",
        "expires_in": 3600,
        "expiration": now + 3600,
    }
