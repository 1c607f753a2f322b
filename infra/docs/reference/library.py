"""The Python library, from its signatures and docstrings."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

from infra.docs.reference.docstring import markdown
from infra.docs.reference.table import table
from qtwin import client
from qtwin.client import rows


def page() -> str:
    """Everything that `qtwin.client` exports, and what its methods give back."""
    exported = [(name, getattr(client, name)) for name in client.__all__]
    plain = [(name, kind) for name, kind in exported if not name.startswith("Async")]
    errors = [(name, kind) for name, kind in plain if issubclass(kind, Exception)]
    classes = [(name, kind) for name, kind in plain if not issubclass(kind, Exception)]
    awaited = ", ".join(f"`{name}`" for name, _ in exported if name.startswith("Async"))
    parts = [
        "# Classes of `qtwin.client`\n\n",
        f"{awaited} have the same methods, to be awaited.\n\n",
        *(_class(name, kind) for name, kind in sorted(classes)),
        "## Errors\n\n",
        table(("error", "is a", "when"), (_error(name, kind) for name, kind in sorted(errors))),
        "## What comes back\n\n",
        *(_row(name, kind) for name, kind in sorted(_rows())),
    ]
    return "".join(parts)


def _class(name: str, kind: type) -> str:
    return f"## {name}\n\n{markdown(kind)}" + "".join(
        _method(name, method, call) for method, call in _methods(kind)
    )


def _methods(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties of a class, those of its bases first, each once."""
    seen: set[str] = set()
    for base in reversed(kind.__mro__):
        for name in vars(base):
            known = name in seen or name.startswith("_") or not base.__module__.startswith("qtwin.")
            found = getattr(kind, name)
            if known or not (callable(found) or isinstance(found, property)):
                continue
            seen.add(name)
            yield name, found


def _method(owner: str, name: str, call: Any) -> str:
    head = f"### {owner}.{name}\n\n"
    if isinstance(call, property):
        shown = f"{name}: {_told(inspect.signature(call.fget).return_annotation)}"  # type: ignore[arg-type]  # it has a getter
    else:
        shown = _signature(name, call)
    return f"{head}```text\n{shown}\n```\n\n{markdown(call)}"


def _signature(name: str, call: Any) -> str:
    signature = inspect.signature(call)
    given = [p for p in signature.parameters.values() if p.name not in {"self", "it"}]
    bare = signature.return_annotation is inspect.Signature.empty
    shown = re.sub(r"^Flow\[(.*)\]$", r"\1", _told(signature.return_annotation))
    shown = re.sub(r"^Listing\[(.*)\]$", r"rows of \1", shown)
    inner = ", ".join(_parameters(given))
    return f"{name}({inner})" + ("" if bare else f" → {shown}")


def _parameters(given: list[inspect.Parameter]) -> Iterator[str]:
    starred = False
    for parameter in given:
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        typed = f"{parameter.name}: {_told(parameter.annotation)}"
        bare = parameter.default is inspect.Parameter.empty
        yield typed if bare else f"{typed} = {parameter.default!r}"


def _told(annotation: Any) -> str:
    """An annotation as it is written, with the class for the variable that stands for it."""
    return re.sub(r"\b(Campaign|Job|Project|Twin)T\b", r"\1", str(annotation))


def _error(name: str, kind: type) -> tuple[str, str, str]:
    about = (inspect.getdoc(kind) or "").split("\n\n", maxsplit=1)[0]
    return f"`{name}`", f"`{kind.__base__.__name__}`" if kind.__base__ else "", about


def _rows() -> Iterator[tuple[str, Any]]:
    """The values that methods give back."""
    for module in pkgutil.iter_modules(rows.__path__):
        loaded = import_module(f"{rows.__name__}.{module.name}")
        for name, kind in vars(loaded).items():
            own = isinstance(kind, type) and kind.__module__ == loaded.__name__
            if own and is_dataclass(kind) and not name.startswith("_"):
                yield name, kind


def _row(name: str, kind: Any) -> str:
    shown = [(f"`{field.name}`", f"`{field.type}`") for field in fields(kind)]
    return f"### {name}\n\n{markdown(kind)}{table(('field', 'type'), shown)}"
