"""A new project in four steps, each at its own address."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from qtwin.accounts.models import User
from qtwin.accounts.selectors import teams_writable_by
from qtwin.projects.models import ProjectDraft
from qtwin.projects.selectors import drafts_of
from qtwin.projects.services import draft_begin, draft_discard, draft_keep
from qtwin.projects.templates import TEMPLATES
from qtwin.web.wizard.field import text_of
from qtwin.web.wizard.forms import KINDS
from qtwin.web.wizard.founding import NotFounded, expected, project_found
from qtwin.web.wizard.know import PARTS
from qtwin.web.wizard.system import TEAM, editor_typed, form_typed, typed_of
from qtwin.web.wizard.wizard import STEPS, Wizard

BUTTON, FILE = "go", "data-file"
DROPPED = {"csrfmiddlewaretoken", BUTTON}
TITLES = ("System", "What to know", "Sources", "Review")
MORE_THAN_FORM = "The form cannot show all that this document says; it stays a document."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wizard_start(request: HttpRequest) -> HttpResponse:
    """Templates by kind, and drafts that are not finished."""
    user: Any = request.user
    teams = list(teams_writable_by(user).order_by("name"))
    if request.method == "POST" and teams:
        template = TEMPLATES.get(request.POST.get("template", ""))
        if template is None:
            raise Http404
        typed = typed_of(template) | {TEAM: [str(teams[0].pk)]}
        draft = draft_begin(template=template.key, typed={"system": typed}, by=user)
        return redirect("web:wizard-step", draft.pk, "system")
    kinds = [
        {"title": KINDS[kind], "templates": list(group)}
        for kind, group in groupby(TEMPLATES.values(), key=lambda one: one.kind)
    ]
    context = {"teams": teams, "kinds": kinds, "drafts": _unfinished(user)}
    return render(request, "wizard/start.html", context, status=200 if teams else 403)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wizard_step(request: HttpRequest, draft_id: UUID, step: str) -> HttpResponse:
    """One step: shown, or kept and left for another one."""
    draft = _draft(request, draft_id, step)
    if draft.project_id is not None:
        return redirect("web:project", draft.project_id)
    if request.method != "POST":
        return _shown(request, draft, step)
    _keep(request, draft, step)
    return _gone(request, draft, step, request.POST.get(BUTTON, "next"))


@login_required
@require_POST
def wizard_check(request: HttpRequest, draft_id: UUID, step: str) -> HttpResponse:
    """The step as it would be shown with what is typed now, which is kept as well."""
    draft = _draft(request, draft_id, step)
    if draft.project_id is not None:
        return redirect("web:project", draft.project_id)
    _keep(request, draft, step)
    return _shown(request, draft, step, tried=True)


@login_required
@require_POST
def wizard_discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Forget a draft."""
    user: Any = request.user
    draft_discard(get_object_or_404(drafts_of(user), pk=draft_id))
    return redirect("web:wizard")


def _draft(request: HttpRequest, draft_id: UUID, step: str) -> ProjectDraft:
    user: Any = request.user
    found: ProjectDraft = get_object_or_404(drafts_of(user), pk=draft_id)
    if step not in STEPS or found.template not in TEMPLATES:
        raise Http404
    return found


def _unfinished(user: User) -> list[dict[str, Any]]:
    """Drafts with the names that they have so far."""
    drafts = drafts_of(user).filter(project=None, template__in=TEMPLATES)
    return [
        {
            "draft": draft,
            "name": text_of(draft.typed.get("system", {}), "name") or "No name yet",
            "kind": KINDS[TEMPLATES[draft.template].kind],
        }
        for draft in drafts
    ]


def _keep(request: HttpRequest, draft: ProjectDraft, step: str) -> None:
    """What was typed, and a file if one was sent."""
    typed = {
        _storable(name): [_storable(str(value)) for value in request.POST.getlist(name)]
        for name in request.POST
        if name not in DROPPED
    }
    data = "" if request.POST.get(BUTTON) == "remove-data" else None
    file: Any = request.FILES.get(FILE)
    if file is not None:
        try:
            data = _text(file)
        except ValueError as error:
            typed["data:problem"] = [str(error)]
    draft_keep(draft, step=step, typed=typed, data=data)


def _storable(text: str) -> str:
    """Without NUL, which PostgreSQL keeps in no text."""
    return text.replace("\0", "")


def _text(file: Any) -> str:
    """A file's text.

    Raises:
        ValueError: It is none, or too long.
    """
    limit = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    if file.size > limit:
        raise ValueError(f"The file has {file.size} bytes; allowed: at most {limit}")
    try:
        return _storable(str(file.read(), "utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("The file is no UTF-8 text; allowed: a CSV file") from None


def _gone(request: HttpRequest, draft: ProjectDraft, step: str, to: str) -> HttpResponse:
    """To where a button leads; forward only past steps in which nothing is wrong."""
    user: Any = request.user
    wizard = Wizard(draft, user)
    if to in ("editor", "form") and step == "system":
        return _turned(request, wizard, to)
    if to == "later":
        return redirect("web:wizard")
    wanted = _wanted(step, to)
    if STEPS.index(wanted) > STEPS.index(step) or to == "create":
        blocked = wizard.blocked(step)
        if not blocked and wizard.wrong_in(step):
            return _page(request, wizard, step, tried=True, status=400)
        if not blocked and to == "create" and step == STEPS[-1]:
            return _founded(request, draft, wizard)
        wanted = blocked or wizard.blocked(wanted) or wanted
    return redirect("web:wizard-step", draft.pk, wanted)


def _wanted(step: str, to: str) -> str:
    """The step that a button names: one of them, the one before, this one, or the next."""
    place = STEPS.index(step)
    here = ("look", "remove-data", "create")
    places = {"back": max(place - 1, 0), **dict.fromkeys(here, place)}
    after = min(place + 1, len(STEPS) - 1)
    return to if to in STEPS else STEPS[places.get(to, after)]


def _turned(request: HttpRequest, wizard: Wizard, to: str) -> HttpResponse:
    """The first step in its other form."""
    draft, step = wizard.draft, wizard.system
    typed = editor_typed(step) if to == "editor" else form_typed(step)
    if typed is None:
        step.wrong.add("document", MORE_THAN_FORM)
        return _page(request, wizard, "system", tried=True, status=400)
    if to == "form":
        said = [control.to_dict() for control in step.system.controls] if step.system else []
        ranges = {
            f"control:{one['name']}:{part}": [str(one[part])] for one in said for part in PARTS
        }
        draft_keep(draft, step="know", typed={**draft.typed.get("know", {}), **ranges})
    draft_keep(draft, step="system", typed=typed)
    return redirect("web:wizard-step", draft.pk, "system")


def _founded(request: HttpRequest, draft: ProjectDraft, wizard: Wizard) -> HttpResponse:
    try:
        project = project_found(draft, wizard, wizard.user)
    except NotFounded as error:
        wizard.review.wrong.add("", str(error))
        return _page(request, wizard, "review", tried=True, status=400)
    return redirect("web:project", project.pk)


def _shown(
    request: HttpRequest, draft: ProjectDraft, step: str, *, tried: bool = False, status: int = 200
) -> HttpResponse:
    """The step; the first wrong one before it in its place."""
    user: Any = request.user
    wizard = Wizard(draft, user)
    blocked = wizard.blocked(step)
    if blocked:
        return redirect("web:wizard-step", draft.pk, blocked)
    return _page(request, wizard, step, tried=tried, status=status)


def _page(
    request: HttpRequest, wizard: Wizard, slug: str, *, tried: bool, status: int = 200
) -> HttpResponse:
    step = wizard.step(slug)
    context: dict[str, Any] = {"wizard": wizard, "draft": wizard.draft, "step": step, "slug": slug}
    if slug == "system":
        context["written"] = wizard.written
    if slug == "review":
        _add_total(wizard, context)
    place = STEPS.index(slug)
    context |= {
        "steps": [
            {
                "slug": one,
                "title": TITLES[index],
                "number": index + 1,
                "state": _state(index, place),
            }
            for index, one in enumerate(STEPS)
        ],
        "tried": tried,
        "wrong": step.wrong.by_field,
        "before": STEPS[place - 1] if place else "",
    }
    return render(request, f"wizard/{slug}.html", context, status=status)


def _add_total(wizard: Wizard, context: Mapping[str, Any]) -> None:
    """What it would take, into the step."""
    try:
        wizard.review.total = expected(wizard, wizard.user)
    except NotFounded as error:
        wizard.review.wrong.add("", str(error))


def _state(index: int, place: int) -> str:
    return "current" if index == place else ("done" if index < place else "ahead")
