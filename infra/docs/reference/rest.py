"""The REST interface, from docs/openapi.yaml: a page for each of its tags, and one of schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from infra.docs.files import DOCS
from infra.docs.reference import schema
from infra.docs.reference.table import table

PREFIX: Final = "/api/v1"
FOLDER: Final = "reference/rest"
Document = dict[str, Any]


def pages() -> dict[str, str]:
    """Name in the site and Markdown of each page."""
    text = (DOCS / "openapi.yaml").read_text(encoding="utf-8")
    document: Document = yaml.load(text, yaml.CSafeLoader)
    made = {f"{FOLDER}/{tag}.md": _tag(document, tag) for tag in tags(document)}
    made["reference/routes.md"] = _index(document)
    made["reference/schemas.md"] = schema.page(document["components"]["schemas"])
    return made


def tags(document: Document) -> list[str]:
    """The first words of the paths, which are the tags without what stands after a colon."""
    return sorted({_tag_of(operation) for *_, operation in _operations(document)})


def _tag_of(operation: Document) -> str:
    return str(operation["tags"][0]).partition(":")[0]


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Method, path and description of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.removeprefix(PREFIX), operation


def _index(document: Document) -> str:
    parts = [
        "# Every route\n\nAll paths are below `/api/v1`. Your own server shows the same, to be "
        "tried, at `/api/v1/docs`.\n\n"
    ]
    for tag in tags(document):
        lines = [_line(*entry, tag) for entry in _operations(document) if _tag_of(entry[2]) == tag]
        parts.append(f"## {tag}\n\n" + "\n".join(lines) + "\n\n")
    return "".join(parts)


def _line(method: str, path: str, operation: Document, tag: str) -> str:
    about = _about(operation)
    place = f"rest/{tag}.md#{operation['operationId']}"
    return f"- [`{method} {path}`]({place})" + (f": {about}" if about else "")


def _tag(document: Document, tag: str) -> str:
    own = [entry for entry in _operations(document) if _tag_of(entry[2]) == tag]
    return f"# REST: {tag}\n\n" + "".join(_operation(*entry) for entry in own)


def _operation(method: str, path: str, operation: Document) -> str:
    heading = f"## `{method} {path}` {{ #{operation['operationId']} }}\n\n"
    about = _about(operation)
    return "".join(
        [
            heading,
            f"{about}\n\n" if about else "",
            table(("parameter", "in", "type", "meaning"), map(_parameter, _parameters(operation))),
            _body(operation),
            table(("status", "answer"), _answers(operation)),
        ]
    )


def _about(operation: Document) -> str:
    text = operation.get("description") or operation.get("summary") or ""
    return " ".join(str(text).replace("``", "`").split())


def _parameters(operation: Document) -> list[Document]:
    return sorted(operation.get("parameters", ()), key=lambda p: (p["in"] != "path", p["in"]))


def _parameter(parameter: Document) -> tuple[str, str, str, str]:
    needed = " (required)" if parameter.get("required") and parameter["in"] != "path" else ""
    return (
        f"`{parameter['name']}`{needed}",
        parameter["in"],
        schema.kind(parameter["schema"]),
        str(parameter.get("description", "")),
    )


def _body(operation: Document) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    lines = [
        f"- `{media}`: {schema.kind(told.get('schema', {}))}" for media, told in content.items()
    ]
    return "Body:\n\n" + "\n".join(lines) + "\n\n" if lines else ""


def _answers(operation: Document) -> Iterator[tuple[str, str]]:
    for status, answer in operation["responses"].items():
        kinds = [
            f"{schema.kind(told.get('schema', {}))} (`{media}`)"
            for media, told in answer.get("content", {}).items()
        ]
        yield f"`{status}`", "; ".join(kinds) or "no body"
