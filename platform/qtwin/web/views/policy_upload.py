"""A policy that somebody sends: read before it is kept, and refused in plain words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from qtwin.rest.problem import PointedError
from qtwin.training.limits import POLICY_BYTES
from qtwin.training.models import Policy
from qtwin.training.selectors import worlds_writable_by
from qtwin.training.services import policy_receive
from qtwin.web.views.world import show_world
from qtwin.web.worlds.forms import UploadForm


@login_required
@require_POST
def policy_upload(request: HttpRequest, world_id: UUID) -> HttpResponse:
    """Keep the file if it is a policy that fits; the world's page again where it is none."""
    user: Any = request.user
    world = get_object_or_404(worlds_writable_by(user), pk=world_id)
    form = UploadForm(typed=request.POST)
    file: Any = request.FILES.get("artifact")

    def receive() -> Policy:
        if file is None:
            raise PointedError("/artifact", "needed: the file of a policy")
        if file.size > POLICY_BYTES:
            raise PointedError(
                "/artifact", f"{file.size:,} bytes; allowed: at most {POLICY_BYTES:,}"
            )
        if not form.name:
            raise PointedError("/name", "needed: a name")
        return policy_receive(world=world, name=form.name, data=file.read(), by=user)

    policy = form.made(receive)
    if policy is None:
        return show_world(request, world, upload=form, status=form.status)
    return redirect("web:policy", policy_id=policy.pk)
