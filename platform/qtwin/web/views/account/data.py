"""What is known of a person, to take along; and the end of their account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from qtwin.accounts.services.erase import SoleOwner
from qtwin.archives.person import person_document
from qtwin.archives.services import person_erase
from qtwin.web.entrance.confirmed import confirmed_only


@confirmed_only
@never_cache
@require_safe
def export_file(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    headers = {"Content-Disposition": 'attachment; filename="qtwin-account.json"'}
    return JsonResponse(person_document(user), headers=headers, json_dumps_params={"indent": 1})


@confirmed_only
@never_cache
@require_http_methods(["GET", "POST"])
def delete_page(request: HttpRequest) -> HttpResponse:
    """Asks for the e-mail address, so that nobody deletes an account by a slip."""
    user: Any = request.user
    if request.method == "GET":
        return render(request, "account/delete.html")
    if request.POST.get("email", "").strip().lower() != user.email:
        error = "This is not the account's e-mail address; nothing was deleted."
        return render(request, "account/delete.html", {"error": error}, status=400)
    try:
        person_erase(user=user)
    except SoleOwner as refused:
        return render(request, "account/delete.html", {"teams": refused.teams}, status=409)
    logout(request)
    return render(request, "account/deleted.html")
