"""Sources and their revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from backends import registry
from backends.errors import ProgramRejected
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Project, Role, Source, SourceRevision
from qtwin.projects.models.artifact import RECORDING
from qtwin.unchanged import ChangedSince

MOST_TRIES = 5


class SourceExists(Exception):
    """The project already has a source of that name."""


@transaction.atomic
def source_create(
    *,
    project: Project,
    name: str,
    role: str,
    backend: str,
    method: str,
    by: User | None,
    label: str = "",
    settings: Mapping[str, Any] | None = None,
    learn_scale: bool = False,
) -> Source:
    """Add a source with its first revision.

    Raises:
        UnknownBackend: If nothing is registered under ``backend``.
        ProgramRejected: If the backend has no such method or setting, or the role does not fit.
        SourceExists: If the name is taken.
    """
    settings = dict(settings or {})
    _check(project, backend, method, settings)
    if learn_scale and role != Role.APPROXIMATION:
        raise ProgramRejected(
            f"learn_scale with role {role!r}; allowed: only with role 'approximation'",
            field="/learn_scale",
        )
    if project.sources.filter(name=name).exists():
        raise SourceExists(f"the project already has a source {name!r}")
    source = Source.objects.create(project=project, name=name, label=label or name, role=role)
    SourceRevision.objects.create(
        source=source,
        number=1,
        backend=backend,
        method=method,
        settings=settings,
        knobs=_knobs(backend, method, settings),
        learn_scale=learn_scale,
    )
    audit_record(action="source.create", user=by, team=project.team, target=f"source:{source.pk}")
    return source


def source_revise(
    *, source: Source, settings: Mapping[str, Any], by: User | None, unchanged: bool = False
) -> SourceRevision:
    """Change a source's settings; earlier measurements keep their own revision.

    Args:
        unchanged: Only if its latest revision is still the one that ``source`` has read.

    Raises:
        ProgramRejected: If the backend does not know a setting.
        ChangedSince: Somebody else revised it.
    """
    for _ in range(1 if unchanged else MOST_TRIES):
        try:
            return _revise(source, settings, by)
        except IntegrityError:  # the number is taken: somebody else was faster
            source.refresh_from_db()
    raise ChangedSince


@transaction.atomic
def _revise(source: Source, settings: Mapping[str, Any], by: User | None) -> SourceRevision:
    latest = source.latest
    _check(source.project, latest.backend, latest.method, dict(settings))
    revision = SourceRevision.objects.create(
        source=source,
        number=latest.number + 1,
        backend=latest.backend,
        method=latest.method,
        settings=dict(settings),
        knobs=_knobs(latest.backend, latest.method, settings),
        learn_scale=latest.learn_scale,
    )
    audit_record(
        action="source.revise", user=by, team=source.project.team, target=f"source:{source.pk}"
    )
    return revision


def source_check(
    *, project: Project, backend: str, method: str, settings: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The limits of the knobs that such a source would have.

    Raises:
        UnknownBackend: If nothing is registered under ``backend``.
        ProgramRejected: If it has no such method or setting.
    """
    _check(project, backend, method, dict(settings))
    return _knobs(backend, method, settings)


def _knobs(backend: str, method: str, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [limit.to_dict() for limit in registry.get(backend).limits(method, settings)]


def _check(project: Project, backend: str, method: str, settings: dict[str, Any]) -> None:
    able = registry.get(backend)
    if method not in able.capabilities.methods:
        raise ProgramRejected(
            f"{backend} has no method {method!r}; allowed: " + ", ".join(able.capabilities.methods),
            field="/method",
        )
    able.check_settings(settings)
    if able.capabilities.recorded:
        _check_recording(project, settings["recording"])


def _check_recording(project: Project, digest: str) -> None:
    """A source answers from a recording of its own project only."""
    if not project.artifacts.filter(kind=RECORDING, sha256=digest).exists():
        raise ProgramRejected(
            f"the project has no recording {digest}; allowed: one that was imported",
            field="/settings/recording",
        )
