"""Imported data as people see them on a project's page, and the form that imports more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import UUIDField
from django.http import QueryDict

from qtwin.jobs.datasets import datasets_of
from qtwin.jobs.imported import FILE, NOISE_GAIN
from qtwin.prepared import Read, Slot
from qtwin.projects.models import Dataset, Project, Role
from qtwin.tables.refusal import FileRefused
from qtwin.tables.sheet import Sheet, sheet_of
from qtwin.web.typed import document

SHOWN = 20
_LATEST = Read(lambda: datasets_of(Slot("project", UUIDField()))[:SHOWN])


def dataset_lines(project: Project) -> list[Dataset]:
    """The latest imports, with their measurements counted."""
    return _LATEST.all(project=project.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetForm:
    """What was typed and sent, and what is wrong with it.

    ``typed`` has ``role``, of all sources of the file, or ``sources``, a document as the API takes
    it, in its place.
    """

    project: Project
    typed: QueryDict = field(default_factory=QueryDict)
    file: UploadedFile[Any] | None = None
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def values(self) -> Mapping[str, str]:
        return {"role": Role.DEVICE.value, **{k: str(v) for k, v in self.typed.items()}}

    @property
    def roles(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Role.choices]

    def body(self) -> dict[str, Any]:
        """The request that the form means.

        Raises:
            ValueError: The file cannot be read; the message says why.
            PointedError: The document cannot be.
        """
        text, typed = self._text(), self.values
        named = {name: typed[name] for name in ("observable", "licence") if typed.get(name)}
        return {
            "name": typed.get("name", "").strip(),
            "citation": typed.get("citation", "").strip(),
            "sources": self._sources(text),
            "data": text,
            **named,
        }

    def _text(self) -> str:
        if self.file is None:
            raise ValueError("no file; allowed: a CSV file")
        limit = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        if (self.file.size or 0) > limit:
            raise ValueError(f"{self.file.size} bytes; allowed: at most {limit}")
        try:
            return str(self.file.read(), "utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError("no UTF-8 text; allowed: a CSV file") from None

    def _sources(self, text: str) -> Any:
        typed = self.values.get("sources", "").strip()
        return document(typed, "/sources") if typed else self._alike(text)

    def _alike(self, text: str) -> dict[str, Any]:
        """Every source of the file with the one role; a noise gain is a knob of devices."""
        role = self.values["role"]
        try:
            sheet: Sheet = sheet_of(FILE, text)
        except FileRefused as refused:
            where = refused.field.removeprefix(FILE).removeprefix(", ")
            raise ValueError(f"{where}: {refused}" if where else str(refused)) from None
        gain = role == Role.DEVICE and sheet.has(NOISE_GAIN)
        more = {"knobs": {NOISE_GAIN: {"limit": 0}}} if gain else {}
        return {name: {"role": role, **more} for name in dict.fromkeys(sheet.texts("source"))}
