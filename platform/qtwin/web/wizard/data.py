"""Data that a new project begins with, as the third step takes them."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import APIException

from qtwin.projects.models import Role
from qtwin.tables.refusal import FileRefused
from qtwin.tables.sheet import Sheet, sheet_of
from qtwin.web.typed import document
from qtwin.web.wizard.field import text_of
from qtwin.web.wizard.know import KnowStep
from qtwin.web.wizard.system import Typed
from qtwin.web.wizard.wrong import Wrong

NAMES = ("name", "citation", "licence", "observable", "role", "sources")
FILE, NOISE_GAIN = "data", "noise_gain"
LONGEST = {"name": 120, "citation": 10_000, "licence": 80}


class DataForm:
    """A CSV file with what is said of it.

    Attributes:
        text: The file that is kept with the draft; empty for none.
    """

    def __init__(self, typed: Typed, text: str, know: KnowStep, wrong: Wrong) -> None:
        self.typed, self.text, self.know, self.wrong = typed, text, know, wrong
        if problem := text_of(typed, "data:problem"):
            wrong.add("data:file", problem)
        elif self.given:
            self._check()

    @property
    def given(self) -> bool:
        return bool(self.text)

    @property
    def values(self) -> dict[str, str]:
        return {"role": Role.DEVICE.value} | {
            name: text for name in NAMES if (text := text_of(self.typed, f"data:{name}"))
        }

    @property
    def role(self) -> str:
        return self.values["role"]

    @property
    def roles(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Role.choices]

    @property
    def rows(self) -> int:
        """Lines of the file below its head."""
        return max(0, len(self.text.strip().splitlines()) - 1)

    @property
    def columns(self) -> list[str]:
        """What the file needs."""
        controls = [] if self.know.system is None else [c.name for c in self.know.system.controls]
        return ["source", *controls, "value", "std"]

    def body(self) -> dict[str, Any]:
        """The request that it means.

        Raises:
            ValueError: The file cannot be read.
            APIException: What is said of its sources cannot be.
        """
        values = self.values
        named = {name: values[name] for name in ("observable", "licence") if values.get(name)}
        return {
            "name": values.get("name", ""),
            "citation": values.get("citation", ""),
            "sources": self._sources(),
            "data": self.text,
            **named,
        }

    def _check(self) -> None:
        values = self.values
        for name in ("name", "citation"):
            if not values.get(name):
                self.wrong.add(f"data:{name}", f"The {name} of the data is empty; needed: one")
        for name, most in LONGEST.items():
            if len(values.get(name, "")) > most:
                self.wrong.add(
                    f"data:{name}",
                    f"{name} has {len(values[name])} characters; allowed: at most {most}",
                )
        self._check_file()

    def _check_file(self) -> None:
        try:
            missing = [name for name in self.columns if not self._sheet().has(name)]
            if missing:
                needed = ", ".join(self.columns)
                raise ValueError(f"there is no column {missing[0]}; needed: {needed}")
            self._sources()
        except APIException as error:
            self.wrong.add("data:sources", str(error.detail))
        except ValueError as error:
            self.wrong.add("data:file", f"The file: {error}")

    def _sheet(self) -> Sheet:
        try:
            return sheet_of(FILE, self.text)
        except FileRefused as refused:
            where = refused.field.removeprefix(FILE).removeprefix(", ")
            raise ValueError(f"{where}: {refused}" if where else str(refused)) from None

    def _sources(self) -> Any:
        typed = self.values.get("sources", "")
        if typed:
            return document(typed, "/sources")
        sheet, role = self._sheet(), self.role
        if not sheet.has("source"):
            raise ValueError("no column source; needed: one")
        gain = role == Role.DEVICE and sheet.has(NOISE_GAIN)
        more = {"knobs": {NOISE_GAIN: {"limit": 0}}} if gain else {}
        return {name: {"role": role, **more} for name in dict.fromkeys(sheet.texts("source"))}
