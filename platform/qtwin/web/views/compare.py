"""Jobs side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_read_by
from qtwin.jobs.side_by_side import rows_side_by_side, tallies
from qtwin.web.comparison import LEAST, MOST, SHOWN, cell, drawn, groups
from qtwin.web.typed import typed_uuid


@login_required
@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """Two to six jobs; each number is held against the first job's."""
    user: Any = request.user
    asked = dict.fromkeys(typed_uuid(text) for text in request.GET.getlist("job"))
    ids = [pk for pk in asked if pk is not None]
    found = jobs_read_by(user).in_bulk(ids[: MOST + 1])
    jobs = [found[pk] for pk in ids if pk in found]
    if not LEAST <= len(ids) <= MOST or len(jobs) < len(asked):
        context = {"asked": len(asked), "found": len(jobs), "least": LEAST, "most": MOST}
        return render(request, "jobs/compare_choose.html", context, status=400 if asked else 200)
    return _compared(request, jobs)


def _compared(request: HttpRequest, jobs: list[Job]) -> HttpResponse:
    rows = rows_side_by_side(jobs)
    observables = list(dict.fromkeys(row.observable for row in rows))
    asked = request.GET.get("observable", "")
    observable = asked if asked in observables else next(iter(observables), "")
    knobs = list(dict.fromkeys(name for row in rows for name in row.knobs))
    controls = list({one.name: one for job in jobs for one in job.project.controls.all()}.values())
    context = {
        "heads": [
            {"number": number, "job": job, "first": _address([job.pk, *_others(jobs, job)])}
            for number, job in enumerate(jobs, 1)
        ],
        "groups": groups(jobs),
        "only": request.GET.get("only") == "differences",
        "here": _address([job.pk for job in jobs]),
        "rows": [
            {
                "row": row,
                "where": [row.controls.get(control.name) for control in controls],
                "knobs": [row.knobs.get(name) for name in knobs],
                "cells": [cell(one) for one in row.readings],
            }
            for row in rows[:SHOWN]
        ],
        "more": max(0, len(rows) - SHOWN),
        "tallies": list(enumerate(tallies(rows), 2)) if rows else [],
        "several": len(observables) > 1,
        "observables": observables,
        "observable": observable,
        "drawn": drawn(jobs, rows, observable) if rows else None,
        "knobs": knobs,
        "controls": controls,
    }
    return render(request, "jobs/compare.html", context)


def _others(jobs: list[Job], job: Job) -> list[UUID]:
    return [one.pk for one in jobs if one.pk != job.pk]


def _address(ids: list[UUID]) -> str:
    return urlencode([("job", pk) for pk in ids])
