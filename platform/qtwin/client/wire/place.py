"""Addresses below ``/api/v1``."""

from __future__ import annotations

from urllib.parse import quote

ROOT = "/api/v1"


def at(*parts: str, verb: str = "") -> str:
    """A path: the first part and every other odd one are ours, ids are quoted.

    ``at("jobs", job_id, verb="cancel")`` is ``/api/v1/jobs/{id}:cancel``.
    """
    path = "/".join(
        part if index % 2 == 0 else quote(part, safe="") for index, part in enumerate(parts)
    )
    return f"{ROOT}/{path}:{verb}" if verb else f"{ROOT}/{path}"
