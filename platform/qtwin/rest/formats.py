"""Answers in other forms than JSON: by ``?format=csv``, or by the header ``Accept``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer

from qtwin.rest.problem import PointedError

CSV, PARQUET = "csv", "parquet"


class Negotiation(DefaultContentNegotiation):
    """Refuses a ``?format=`` by naming those that there are."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002 - DRF's name
        found = [one for one in renderers if one.format == format]
        if not found:
            allowed = ", ".join(one.format for one in renderers)
            raise PointedError("?format", f"{format[:20]!r}; allowed: {allowed}")
        return found


class CsvRenderer(JSONRenderer):
    """Stands for CSV when a form is chosen; what is refused is JSON all the same."""

    media_type = "text/csv"
    format = CSV


class ParquetRenderer(CsvRenderer):
    media_type = "application/vnd.apache.parquet"
    format = PARQUET


def forms(*kinds: type[JSONRenderer]) -> OpenApiParameter:
    """The parameter of a view that has these beside JSON."""
    names = ["json", *(kind.format for kind in kinds)]
    return OpenApiParameter(
        "format", str, enum=names, description="Or by Accept; other forms than JSON have all rows."
    )


def in_forms(json: Any, kinds: Iterable[type[JSONRenderer]]) -> dict[Any, Any]:
    """The good answers of such a view, for the OpenAPI document."""
    whole = {(200, kind.media_type): OpenApiTypes.BINARY for kind in kinds}
    return {(200, "application/json"): json, **whole}
