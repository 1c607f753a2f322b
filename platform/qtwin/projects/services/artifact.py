"""Artifacts in and out of the store."""

from __future__ import annotations

from qtwin.projects.models import Artifact, Project
from qtwin.projects.storage import store


def artifact_put(*, project: Project, kind: str, data: bytes) -> Artifact:
    """Keep bytes before anything in the database speaks of them."""
    sha256 = store().put(data)
    artifact, _ = Artifact.objects.get_or_create(
        project=project, kind=kind, sha256=sha256, defaults={"size": len(data)}
    )
    return artifact


def artifact_read(artifact: Artifact) -> bytes:
    """The bytes, checked against their digest.

    Raises:
        FileNotFoundError: If the store lost them.
        Corrupt: If they changed.
    """
    return store().get(artifact.sha256)
