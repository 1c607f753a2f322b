"""Data keys wrapped anew under the newest platform key, while everything runs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction

from qtwin.accounts.keys import newest_key
from qtwin.accounts.models.sealed import SealedModel
from qtwin.accounts.services.sealing import Locked, secret_rewrap

BATCH = 100
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rewrapped:
    """How many rows were wrapped anew, and which could not be opened."""

    done: int = 0
    locked: int = 0


def keys_rewrap(*, batch: int = BATCH) -> Rewrapped:
    """Wrap every data key under the newest key, some rows in a transaction; may be repeated."""
    told = Rewrapped()
    for model in apps.get_models():
        if issubclass(model, SealedModel):
            _rewrap(model, batch, told)
    return told


def _rewrap(model: Any, batch: int, told: Rewrapped) -> None:
    old = model.objects.exclude(key_id=newest_key().id).exclude(wrapped_key=b"").order_by("pk")
    last = None
    while rows := list((old if last is None else old.filter(pk__gt=last))[:batch]):
        with transaction.atomic():
            for row in rows:
                _rewrap_row(row, told)
        last = rows[-1].pk


def _rewrap_row(row: Any, told: Rewrapped) -> None:
    seen = {"pk": row.pk, "key_id": row.key_id, "wrapped_key": row.wrapped_key}
    try:
        secret_rewrap(row)
    except Locked as error:
        log.warning("%s %s stays as it is: %s", type(row).__name__, row.pk, error)
        told.locked += 1
        return
    new = {"key_id": row.key_id, "wrapped_key": row.wrapped_key}
    told.done += type(row).objects.filter(**seen).update(**new)
