"""Artifacts in and out of the store."""

from __future__ import annotations

from dataclasses import dataclass

from qtwin import tracing
from qtwin.insert import insert_once
from qtwin.projects.models import Artifact, Project
from qtwin.projects.models.artifact import ERASED
from qtwin.projects.storage import Erased, store


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Bytes in the store, of which nothing in the database speaks yet."""

    kind: str
    sha256: str
    size: int


def artifact_store(*, kind: str, data: bytes) -> Stored:
    """Keep bytes before anything in the database speaks of them."""
    with tracing.span("store", what=kind, bytes=len(data)):
        return Stored(kind=kind, sha256=store().put(data), size=len(data))


def artifact_note(*, project: Project, stored: Stored) -> Artifact:
    """The row of what was stored, in the caller's transaction."""
    once = {"project": project, "kind": stored.kind, "sha256": stored.sha256}
    artifact = Artifact(**once, size=stored.size)
    return artifact if insert_once(artifact) else Artifact.objects.get(**once)


def artifact_put(*, project: Project, kind: str, data: bytes) -> Artifact:
    """Keep bytes, then note them."""
    return artifact_note(project=project, stored=artifact_store(kind=kind, data=data))


def artifact_read(artifact: Artifact) -> bytes:
    """The bytes, checked against their digest.

    Raises:
        Erased: If they were kept long enough.
        FileNotFoundError: If the store lost them.
        Corrupt: If they changed.
    """
    if artifact.kind == ERASED:
        raise Erased(f"{artifact.sha256} was erased: raw payloads are not kept for ever here")
    return store().get(artifact.sha256)
