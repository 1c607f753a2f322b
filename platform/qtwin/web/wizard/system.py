"""The first step: the system, typed into its kind's form or as a document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rest_framework.exceptions import APIException

from backends import systems
from backends.errors import ProgramRejected
from backends.qasm.screen import screen
from backends.qasm.tokens import QasmError
from backends.systems import System
from qtwin.projects.models import ProjectDraft
from qtwin.projects.templates import TEMPLATES, Template
from qtwin.web.typed import document as read_document
from qtwin.web.typed import number
from qtwin.web.wizard import notation
from qtwin.web.wizard.field import Field, got, put, text_of
from qtwin.web.wizard.forms import FORMS, KINDS, RANGES, Group, fields_of, units_of
from qtwin.web.wizard.wrong import Wrong

STEP, EDITOR, DOCUMENT, NAME, TEAM = "system", "editor", "document", "name", "team"
Typed = Mapping[str, Sequence[str]]
NO_CONTROL = (
    "There is no control, over which a twin is made. Put a name, such as field or bond_length, in "
    "place of a number, and it becomes one."
)
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A field with what was typed into it and what is wrong with that."""

    field: Field
    text: str
    wrong: str
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundGroup:
    """A group of the form; ``open`` if something is typed in it or wrong."""

    group: Group
    fields: list[Bound]

    @property
    def open(self) -> bool:
        return not self.group.more or any(one.text or one.wrong for one in self.fields)


class SystemStep:
    """What the draft says of the system.

    Attributes:
        wrong: Of the fields of this step.
        system: None while something is wrong.
    """

    slug, title = STEP, "System"

    def __init__(self, draft: ProjectDraft) -> None:
        self.draft = draft
        self.typed: Typed = draft.typed.get(STEP, {})
        self.template: Template = TEMPLATES[draft.template]
        self.wrong = Wrong()
        self.system: System | None = self._read()

    @property
    def editor(self) -> bool:
        """Whether the document itself is edited."""
        return text_of(self.typed, EDITOR) == "on"

    @property
    def kind(self) -> str:
        return self.template.kind if self.system is None else self.system.kind

    @property
    def kind_title(self) -> str:
        return KINDS[self.kind]

    @property
    def name(self) -> str:
        return text_of(self.typed, NAME)

    @property
    def text(self) -> str:
        """The document, as it is edited."""
        return text_of(self.typed, DOCUMENT)

    @property
    def groups(self) -> list[BoundGroup]:
        return [
            BoundGroup(group=group, fields=[self._bound(field) for field in group.fields])
            for group in FORMS[self.template.kind]
        ]

    def _bound(self, field: Field) -> Bound:
        return Bound(
            field=field,
            text=text_of(self.typed, field.at),
            wrong=self.wrong.by_field.get(field.at, ""),
            counts=field.counts(self.typed),
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        """The checked document, with all its defaults; empty while something is wrong."""
        return {} if self.system is None else self.system.to_dict()

    @cached_property
    def declared(self) -> dict[str, dict[str, Any]]:
        """Controls by name as the template, or the edited document, declares them."""
        source: Any = self._edited if self.editor else self.template.system
        entries = source.get("controls", []) if isinstance(source, Mapping) else []
        return {str(one.get("name")): dict(one) for one in entries if isinstance(one, Mapping)}

    @cached_property
    def composed(self) -> dict[str, Any]:
        """The document of the form as far as it can be read, without controls."""
        return {name: value for name, value in self._compose(Wrong()).items() if name != "controls"}

    @cached_property
    def _edited(self) -> Any:
        try:
            return read_document(self.text, f"/{DOCUMENT}")
        except APIException:
            return {}

    def controls(self, kept: Typed) -> list[dict[str, Any]]:
        """Controls of the form, in the order of their names in it.

        Args:
            kept: The fields of the next step, in which their ranges are typed.
        """
        return [self._control(name, kept) for name in self._names()]

    def _control(self, name: str, kept: Typed) -> dict[str, Any]:
        known = self.declared.get(name) or self._new_control(name)
        typed: dict[str, Any] = {
            part: text
            for part in ("label", "unit", "lower", "upper")
            if (text := text_of(kept, f"control:{name}:{part}"))
        }
        ends: dict[str, Any] = {
            end: number(typed[end]) for end in ("lower", "upper") if end in typed
        }
        return {"name": name, **known, **typed, **ends}

    def _new_control(self, name: str) -> dict[str, Any]:
        unit = units_of({**self.composed, "kind": self.template.kind})[0]
        lower, upper = RANGES.get(unit, (0.0, 1.0))
        label = name.replace("_", " ").capitalize()
        return {"name": name, "label": label, "unit": unit, "lower": lower, "upper": upper}

    def _names(self) -> list[str]:
        if "qasm" in self.composed:
            try:
                return list(screen(self.composed["qasm"]).inputs)
            except QasmError:
                return []
        return list(dict.fromkeys(self._written()))

    def _written(self) -> Iterator[str]:
        for field in fields_of(self.template.kind):
            if field.computed:
                yield from notation.names_in(got(self.composed, field.at))

    def _compose(self, wrong: Wrong) -> dict[str, Any]:
        document: dict[str, Any] = {"kind": self.template.kind, "schema_version": 1}
        for field in fields_of(self.template.kind):
            text = text_of(self.typed, field.at)
            if not field.counts(self.typed):
                continue
            if not text:
                if field.needed:
                    wrong.add(field.at, f"{field.label} is empty. {field.help}")
                continue
            try:
                put(document, field.at, field.value(text))
            except ValueError as error:
                wrong.add(field.at, str(error))
        if document.get("state") == {"kind": "ground"}:
            del document["state"]
        return document

    def _read(self) -> System | None:
        self._check_name()
        if self.editor:
            return self._loaded_document()
        document = self._compose(self.wrong)
        if set(self.wrong.by_field) - {NAME}:
            return None
        kept: Typed = self.draft.typed.get("know", {})
        for controls in (self.controls(kept), self.controls({})):
            try:
                found = systems.load({**document, "controls": controls})
            except ProgramRejected as error:
                refused = error
                if not error.field.startswith("/controls"):
                    break
            else:
                return self._with_controls(found)
        names = [field.at for field in fields_of(self.template.kind)]
        self.wrong.pointed(refused.field, str(refused), names)
        return None

    def _check_name(self) -> None:
        if not 0 < len(self.name) <= LONGEST_NAME:
            given = f"has {len(self.name)} characters" if self.name else "is empty"
            self.wrong.add(NAME, f"The name {given}; allowed: 1 to {LONGEST_NAME} characters")

    def _loaded_document(self) -> System | None:
        try:
            read = read_document(self.text, f"/{DOCUMENT}")
            return self._with_controls(systems.load(read))
        except APIException as error:
            self.wrong.refused(error, [f"/{DOCUMENT}"])
            self.wrong.by_field[DOCUMENT] = self.wrong.by_field.pop(f"/{DOCUMENT}", "")
        except ProgramRejected as error:
            self.wrong.add(DOCUMENT, f"{error.field}: {error}" if error.field else str(error))
        return None

    def _with_controls(self, found: System) -> System | None:
        if found.controls:
            return found
        self.wrong.add(DOCUMENT if self.editor else "", NO_CONTROL)
        return None


def typed_of(template: Template) -> dict[str, list[str]]:
    """The fields of a template's form, as if they had been typed."""
    return {NAME: [template.title], **fields_typed(template.system)}


def fields_typed(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the fields of a kind's form say where they say this document."""
    typed = {}
    for field in fields_of(document["kind"]):
        value = got(document, field.at)
        if field.kind == "flag":
            text = "on" if value is True else ""
        else:
            text = "" if value is None else field.show(value)
        if text:
            typed[field.at] = [text]
    return typed


def editor_typed(step: SystemStep) -> dict[str, list[str]]:
    """The same step with the document in its editor."""
    controls = step.controls(step.draft.typed.get("know", {}))
    document = step.document or {**step.composed, "controls": controls}
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return {**_kept(step), EDITOR: ["on"], DOCUMENT: [text]}


def form_typed(step: SystemStep) -> dict[str, list[str]] | None:
    """The same step in its form; None where the document says more than the form can."""
    if step.system is None or step.kind != step.template.kind:
        return None
    said = fields_typed(step.document)
    draft = ProjectDraft(template=step.draft.template, typed={STEP: {NAME: ["x"], **said}})
    again = SystemStep(draft)
    alike = again.system is not None and _bare(again.system) == _bare(step.system)
    return {**_kept(step), **said} if alike else None


def _kept(step: SystemStep) -> dict[str, list[str]]:
    return {name: list(step.typed[name]) for name in (NAME, TEAM) if name in step.typed}


def _bare(system: System) -> str:
    """A document without what may be written in two ways: blanks, and how controls are declared."""
    document = {key: value for key, value in system.to_dict().items() if key != "controls"}
    return json.dumps(document, sort_keys=True).replace(" ", "")
