"""``Idempotency-Key``: the same POST, sent again, makes nothing anew and is answered again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.models import Posted
from qtwin.rest.problem import Conflict, PointedError

HEADER = "Idempotency-Key"
KEY_LENGTH = 200
KEPT = timedelta(days=30)
REPLAYED = {"Idempotency-Replayed": "true"}

Post = Callable[..., Response]


def asked_key(request: Request) -> str:
    """The request's key; empty for none."""
    key = request.headers.get(HEADER, "")
    if len(key) > KEY_LENGTH:
        raise PointedError(HEADER, f"{len(key)} characters; allowed: {KEY_LENGTH}")
    return key


def body_digest(body: Any) -> str:
    """SHA-256 of a JSON body, however it was spaced and ordered."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def once_per_key(*shown_once: str) -> Callable[[Post], Post]:
    """Decorates a view's ``post`` that makes one thing, and waits for nothing but the database.

    The thing and the answer are written in one transaction. A parallel POST with the same key
    waits for its end. What is refused is forgotten, and may be sent again.

    Args:
        shown_once: Members of the answer that are empty when it is answered again.
    """

    def decorate(post: Post) -> Post:
        @wraps(post)
        def keyed(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = asked_key(request)
            if not key:
                return post(view, request, *args, **kwargs)
            return _once(request, key, lambda: post(view, request, *args, **kwargs), shown_once)

        setattr(keyed, "once", True)  # noqa: B010 - functions declare no attributes
        return keyed

    return decorate


def _once(
    request: Request, key: str, post: Callable[[], Response], shown_once: tuple[str, ...]
) -> Response:
    place = _place(request, key)
    body, *earlier = _hmacs(body_digest(_asked(request)))
    before = Posted.objects.filter(**place).first()
    if before is None:
        try:
            with transaction.atomic():
                row = Posted.objects.create(**place, body_hmac=body)
                response = post()
                _keep(row, response, shown_once)
                return response
        except IntegrityError:
            before = Posted.objects.filter(**place).first()
            if before is None:  # it was not about the key
                raise
    if before.body_hmac not in {body, *earlier}:
        raise Conflict(HEADER, f"{HEADER} {key!r} was used with another body")
    place_of = {"Location": before.location} if before.location else {}
    return Response(before.answer, status=status.HTTP_200_OK, headers=place_of | REPLAYED)


def _asked(request: Request) -> Any:
    """The body; of a file its digest, with the query that says what it is."""
    if not isinstance(request.data, bytes):
        return request.data
    sha256 = hashlib.sha256(request.data).hexdigest()
    return {"sha256": sha256, "query": dict(request.query_params.lists())}


def _hmacs(digest: str) -> list[str]:
    """Under the key that is used now, then under those that were used before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    salt = "qtwin.rest.once"
    return [salted_hmac(salt, digest, key, algorithm="sha256").hexdigest() for key in keys]


def _place(request: Request, key: str) -> dict[str, Any]:
    """Keys are one token's own: a weaker one must not read what a stronger one was answered."""
    token = str(getattr(request.auth, "pk", "") or "")
    return {"user": request.user, "token": token, "path": request.path[:200], "key": key}


def _keep(row: Posted, response: Response, shown_once: tuple[str, ...]) -> None:
    answer = json.loads(JSONRenderer().render(response.data))
    answer |= dict.fromkeys(shown_once, "")
    Posted.objects.filter(pk=row.pk).update(
        answer=answer, location=response.headers.get("Location", "")
    )
    old = timezone.now() - KEPT
    Posted.objects.filter(user=row.user, created_at__lt=old).delete()
