"""The schemas of the REST interface."""

from __future__ import annotations

from typing import Any

from infra.docs.reference.table import table

Schema = dict[str, Any]
_LIMITS = {
    "minimum": "from {}",
    "maximum": "to {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
}


def page(schemas: dict[str, Schema]) -> str:
    """Every schema with its fields, as the page ``reference/schemas.md``."""
    parts = [
        "# Schemas\n\nWhat requests and answers hold. A field is always there unless it is "
        "optional; unknown fields of a request are refused.\n\n"
    ]
    parts += [_section(name, schemas[name]) for name in sorted(schemas)]
    return "".join(parts).replace("(../schemas.md#", "(#")


def kind(schema: Schema) -> str:
    """One line that says what a value is, with a link where it has fields of its own."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](../schemas.md#{name.lower()})"
    for joined in ("oneOf", "anyOf", "allOf"):
        if joined in schema:
            return " or ".join(dict.fromkeys(kind(option) for option in schema[joined]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"] if value is not None)
    if "const" in schema:
        return f"`{schema['const']}`"
    return _plain(schema)


def _plain(schema: Schema) -> str:
    types = schema.get("type", "any")
    names = types if isinstance(types, list) else [types]
    shown = " or ".join(_typed(name, schema) for name in names)
    limits = [words.format(schema[key]) for key, words in _LIMITS.items() if key in schema]
    return ", ".join([shown, *limits])


def _typed(name: str, schema: Schema) -> str:
    if name == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if name == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    return f"{name} ({schema['format']})" if "format" in schema and name != "null" else name


def _section(name: str, schema: Schema) -> str:
    needed = schema.get("required", ())
    rows = [
        (
            f"`{field}`{'' if field in needed else ' (optional)'}",
            kind(told),
            str(told.get("description", "")),
        )
        for field, told in schema.get("properties", {}).items()
    ]
    about = str(schema.get("description", "")).replace("``", "`")
    if not rows:
        about = kind(schema) if not about or "enum" in schema else about
    return f"## {name} {{ #{name.lower()} }}\n\n{about}\n\n{table(('field', 'type', ''), rows)}"
