"""Pictures of twins at addresses that other pages can embed."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_readable_by
from qtwin.projects.services import project_link_use
from qtwin.projects.visiting import visitor_of
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.selectors import NoTwin, observables_measured
from qtwin.web.picture import SCHEMES, twin_picture

FRESH_S = 300
"""How long others may keep a picture before they ask whether it changed."""
BAD, UNANSWERED = 400, 503

_alone = csp_replace(
    {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": ["*"]}
)
"""The document brings its own style, runs nothing and loads nothing; any page may frame it."""


@xframe_options_exempt
@require_safe
def project_picture(request: HttpRequest, project_id: UUID) -> HttpResponseBase:
    """For whoever may read the project: its people, its visitors, everybody if it is public."""
    visitor = visitor_of(request)
    project = projects_readable_by(visitor).filter(pk=project_id).first()
    if project is not None:
        return _answer(request, project, everybody=project.public)
    if visitor.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


@xframe_options_exempt
@require_safe
def shared_picture(request: HttpRequest, secret: str) -> HttpResponseBase:
    """For whoever has the link, without a session: an address for another page's ``img``."""
    link = project_link_use(secret=secret)
    if link is None:
        raise Http404
    response = _answer(request, link.project, everybody=False)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(request: HttpRequest, project: Project, *, everybody: bool) -> HttpResponseBase:
    try:
        drawn = twin_picture(project, **_asked(request, project))
    except (_Refused, NoTwin) as refused:
        return HttpResponse(f"{refused}\n", status=BAD, content_type="text/plain; charset=utf-8")
    except PredictorFailed:
        text = "The twin does not answer; try again.\n"
        return HttpResponse(text, status=UNANSWERED, content_type="text/plain; charset=utf-8")
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    patch_cache_control(response, public=everybody, private=not everybody, max_age=FRESH_S)
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return _alone(lambda _: found or response)(request)


class _Refused(Exception):
    """A parameter that means nothing, in a sentence."""


def _asked(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What the query says, and nothing that it does not."""
    query = request.GET
    unknown = sorted(set(query) - {"observable", "version", "theme"})
    if unknown:
        raise _Refused(f"{unknown[0]}: no such parameter; allowed: observable, version, theme")
    observables = {row.name: row for row in observables_measured(project)}
    name = query.get("observable", next(iter(observables)))
    if name not in observables:
        raise _Refused(f"observable: {name[:60]!r} is not measured; allowed: {_all(observables)}")
    version = query.get("version")
    if version is not None and not (version.isascii() and version.isdecimal()):
        raise _Refused(f"version: {version[:60]!r} is no whole number from 1")
    scheme = query.get("theme", SCHEMES[0])
    if scheme not in SCHEMES:
        raise _Refused(f"theme: {scheme[:60]!r}; allowed: {', '.join(SCHEMES)}")
    return {
        "observable": observables[name],
        "version": None if version is None else int(version[:9]),
        "scheme": scheme,
    }


def _all(names: Any) -> str:
    return ", ".join(names)
