"""What a comment is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qtwin.comments.models import Comment
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.twins.models import TwinVersion

KINDS = ("project", "job", "measurement", "version")
Thing = Project | Job | Measurement | TwinVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A project, or one thing of it."""

    project: Project
    job: Job | None = None
    measurement: Measurement | None = None
    version: TwinVersion | None = None

    @classmethod
    def of(cls, thing: Thing) -> About:
        match thing:
            case Job():
                return cls(project=thing.project, job=thing)
            case Measurement():
                return cls(project=thing.project, measurement=thing)
            case TwinVersion():
                return cls(project=thing.twin.project, version=thing)
            case Project():
                return cls(project=thing)

    @property
    def columns(self) -> dict[str, Any]:
        """Those of a comment."""
        return {
            "project": self.project,
            "job": self.job,
            "measurement": self.measurement,
            "version": self.version,
        }

    @property
    def kind(self) -> str:
        return next((name for name in KINDS[1:] if getattr(self, name)), KINDS[0])


def kind_of(comment: Comment) -> str:
    """What the comment is about, in a word."""
    return next((name for name in KINDS[1:] if getattr(comment, f"{name}_id")), KINDS[0])


def thing_id(comment: Comment) -> Any:
    """The id of what it is about."""
    return getattr(comment, f"{kind_of(comment)}_id")
