"""The list of jobs, and what is done to several of them at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_read_by
from qtwin.web.bulk import DONE, Summary, jobs_act, ticked
from qtwin.web.cursor import page_of
from qtwin.web.filters import JobFilter

COUNTED = 1000
"""Jobs of a filter are counted up to here."""


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The jobs that the address asks for, page by page."""
    return show_jobs(request, request.GET)


@login_required
@require_POST
def jobs_action(request: HttpRequest) -> HttpResponse:
    """Cancel or retry those ticked, or lay them side by side; the list then says what was done."""
    user: Any = request.user
    verb, ids = request.POST.get("verb", ""), ticked(request.POST.getlist("job"))
    here = QueryDict(request.POST.get("here", ""))
    if verb == "compare":
        return redirect(f"{reverse('web:compare')}?{urlencode([('job', pk) for pk in ids])}")
    if verb not in DONE:
        raise Http404
    if not ids:
        return show_jobs(request, here, problem="No job is ticked.", status=400)
    return show_jobs(request, here, summary=jobs_act(ids, verb, by=user))


def show_jobs(
    request: HttpRequest,
    query: QueryDict,
    *,
    summary: Summary | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The list, with what became of an action on several."""
    user: Any = request.user
    event = latest_event_id()
    wanted = JobFilter.from_query(query, user)
    whole = listed(user)
    rows = wanted.apply(whole)
    after = query.get("after", "")
    jobs, following = page_of(rows, after, order=wanted.order, whole=whole)
    context = {
        "after": event,
        "filter": wanted,
        "jobs": jobs,
        "following": following,
        "paged": bool(after),
        "here": urlencode({"after": after}) if after else "",
        "count": _counted(rows) if following or after else len(jobs),
        "counted": COUNTED,
        "summary": summary,
        "problem": problem,
    }
    return render(request, "jobs/list.html", context, status=status)


def _counted(rows: QuerySet[Job]) -> int:
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def listed(user: Any) -> QuerySet[Job]:
    """Jobs as rows of a list, without what may be long."""
    rows = jobs_read_by(user).select_related("created_by")
    return rows.defer("points", "knob_values", "project__system")
