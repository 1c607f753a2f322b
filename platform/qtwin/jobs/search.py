"""Jobs by words that a person remembers of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from qtwin.projects.models import Project, SourceRevision

LONGEST = 200


def jobs_with_words(text: str) -> Q:
    """Jobs whose source, project, method, backend or reason has the text in it, or whose id it is.

    Of sources and projects, which are few, the ids are looked up once, not once per job.
    """
    source = Q(source__label__icontains=text) | Q(source__name__icontains=text)
    run_by = Q(method__icontains=text) | Q(backend__icontains=text)
    revisions = SourceRevision.objects.filter(source | run_by).order_by()
    projects = Project.objects.filter(name__icontains=text).order_by()
    found = Q(source_revision__in=revisions.values("pk")) | Q(project__in=projects.values("pk"))
    return found | Q(reason__icontains=text) | _is(text)


def words(text: str) -> str:
    """The text as it is looked for.

    Raises:
        ValueError: It is too long; the message says what is allowed.
    """
    if len(text) > LONGEST or "\0" in text:
        raise ValueError(f"allowed: text of at most {LONGEST} characters")
    return text.strip()


def _is(text: str) -> Q:
    try:
        return Q(pk=UUID(text))
    except ValueError:
        return Q()
