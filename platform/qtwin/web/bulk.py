"""One action on the jobs that were ticked: what was done, and what was refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backends.errors import BackendError
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_visible_to, jobs_writable_by
from qtwin.jobs.services import NotPossible
from qtwin.web.cursor import PAGE
from qtwin.web.job_actions import job_act
from qtwin.web.typed import typed_uuid

DONE = {"cancel": "cancelled", "retry": "retried"}
"""What may be done to many jobs, and how that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """``why`` is a sentence."""

    job: Job | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``changed`` are the jobs to look at next: those cancelled, or those made by a retry."""

    word: str
    changed: Sequence[Job]
    refused: Sequence[Refused]


def ticked(ids: Sequence[str]) -> list[UUID]:
    """Of a page's check boxes, at most those of a page, each once."""
    known = dict.fromkeys(typed_uuid(text) for text in ids[:PAGE])
    return [pk for pk in known if pk is not None]


def jobs_act(ids: Sequence[UUID], verb: str, *, by: User) -> Summary:
    """Cancel or retry each for itself: one that is refused keeps no other back."""
    seen = jobs_visible_to(by).in_bulk(ids)
    own = jobs_writable_by(by).in_bulk(ids)
    changed: list[Job] = []
    refused: list[Refused] = []
    for pk in ids:
        if pk not in own:
            why = "You may look at it, and not change it." if pk in seen else "There is none."
            refused.append(Refused(job=seen.get(pk), why=why))
            continue
        try:
            changed.append(job_act(own[pk], verb, by=by, typed=""))
        except (NotPossible, BackendError) as error:
            refused.append(Refused(job=own[pk], why=_sentence(str(error))))
    return Summary(word=DONE[verb], changed=changed, refused=refused)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
