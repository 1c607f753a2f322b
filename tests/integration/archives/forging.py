"""Archives taken apart, changed and put together again, as whoever forges one would."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

Members = dict[str, bytes]
METADATA = "ro-crate-metadata.json"


def unpacked(archive: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(members: Members) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return stream.getvalue()


def described(members: Members) -> Members:
    """With metadata that agrees with the members, as whoever forges an archive would have it."""
    document = json.loads(members[METADATA])
    files = [e for e in document["@graph"] if e["@type"] != "File"]
    for name in sorted(set(members) - {METADATA}):
        digest = hashlib.sha256(members[name]).hexdigest()
        size = str(len(members[name]))
        files.append({"@id": name, "@type": "File", "contentSize": size, "sha256": digest})
    return {**members, METADATA: json.dumps({"@graph": files}).encode()}


def edited(table: str, edit: Callable[[dict[str, Any]], Any]) -> Callable[[Members], Members]:
    """A row that the owner of the archive changed: the last one of a table."""
    name = f"data/{table}.jsonl"

    def apply(members: Members) -> Members:
        lines = members[name].splitlines()
        row = json.loads(lines[-1])
        edit(row)
        return described({**members, name: b"\n".join([*lines[:-1], json.dumps(row).encode()])})

    return apply


def line(table: str, text: bytes) -> Callable[[Members], Members]:
    name = f"data/{table}.jsonl"
    return lambda members: described({**members, name: members[name] + text + b"\n"})


def head(**more: Any) -> Callable[[Members], Members]:
    name = "data/project.json"
    return lambda members: described(
        {**members, name: json.dumps({**json.loads(members[name]), **more}).encode()}
    )
