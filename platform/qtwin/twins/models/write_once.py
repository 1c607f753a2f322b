"""Rows that are written once: nothing that the ORM offers updates them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class Immutable(Exception):
    """The row can be cited, so it never changes."""


class WriteOnce(models.QuerySet[M]):
    """Refuses updates; as a model's base manager it refuses those of ``save`` too."""

    def update(self, **kwargs: Any) -> NoReturn:
        self._refuse()

    def _update(self, values: Any) -> NoReturn:
        self._refuse()

    def bulk_update(
        self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None
    ) -> NoReturn:
        self._refuse()

    def delete(self) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Immutable(f"{self.model.__name__} is written once")
