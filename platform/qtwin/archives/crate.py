"""The archive's metadata: RO-Crate 1.1, https://www.researchobject.org/ro-crate/specification/1.1/.

Files are described with size and digest; jobs and versions of the twin are actions that took files
and software and left files, as in the profile https://w3id.org/ro/wfrun/process/0.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

METADATA = "ro-crate-metadata.json"
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]
PROFILE = {
    "@id": "https://w3id.org/ro/wfrun/process/0.5",
    "@type": "CreativeWork",
    "name": "Process Run Crate",
    "version": "0.5",
}
NO_LICENCE = {
    "@id": "#licence",
    "@type": "CreativeWork",
    "name": "No licence stated",
    "description": "Whoever exported the project stated no licence. Imported data has its own.",
}

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file that was written."""

    name: str
    what: str
    encoding: str
    size: int
    sha256: str

    def entity(self) -> Entity:
        return {
            "@id": self.name,
            "@type": "File",
            "name": self.name.rpartition("/")[2],
            "description": self.what,
            "encodingFormat": self.encoding,
            "contentSize": str(self.size),
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A job, or a fit of the twin: what it used and what it left, by ids of entities."""

    identifier: str
    name: str
    what: str
    started: str
    ended: str
    used: tuple[str, ...]
    software: Mapping[str, str]
    left: tuple[str, ...]

    def entity(self) -> Entity:
        return {
            "@id": self.identifier,
            "@type": "CreateAction",
            "name": self.name,
            "description": self.what,
            "startTime": self.started,
            "endTime": self.ended,
            "instrument": links(software_id(*item) for item in sorted(self.software.items())),
            "object": links(self.used),
            "result": links(self.left),
        }


def organised(
    *,
    identifier: str,
    name: str,
    what: str,
    started: str,
    ended: str,
    actions: Iterable[str],
    left: Iterable[str],
) -> Entity:
    """A campaign: which actions it had done, and the files that tell of it."""
    entity = {
        "@id": identifier,
        "@type": "OrganizeAction",
        "name": name,
        "description": what,
        "startTime": started,
        "object": links(actions),
        "result": links(left),
    }
    return entity | ({"endTime": ended} if ended else {})


def links(identifiers: Iterable[str]) -> Any:
    """References to entities; a single one is no list."""
    found = [{"@id": identifier} for identifier in identifiers]
    return found[0] if len(found) == 1 else found


def software_id(name: str, version: str) -> str:
    return f"#software-{name}-{version}"


def software(versions: Iterable[tuple[str, str]]) -> list[Entity]:
    """One entity for each name and version."""
    return [
        {
            "@id": software_id(name, version),
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version,
        }
        for name, version in sorted(set(versions))
    ]


def cited(identifier: str, name: str, citation: str, licence: str) -> Entity:
    """Imported data: what to cite, and under which licence."""
    return {
        "@id": identifier,
        "@type": "CreativeWork",
        "name": name,
        "creditText": citation,
        "license": licence or "No licence stated",
    }


def licence_entity(licence: str) -> Entity:
    """What the exporter says of the project as a whole: an address, an SPDX name, or nothing."""
    if not licence:
        return NO_LICENCE
    if licence.startswith(("https://", "http://")):
        return {"@id": licence, "@type": "CreativeWork", "name": licence}
    return {"@id": "#licence", "@type": "CreativeWork", "name": licence, "identifier": licence}


def crate(
    *,
    name: str,
    description: str,
    published: str,
    licence: str,
    members: Iterable[Member],
    citations: list[Entity],
    actions: list[Entity],
    programs: list[Entity],
) -> dict[str, Any]:
    """The JSON-LD document of the archive."""
    files = [member.entity() for member in members]
    terms = licence_entity(licence)
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "datePublished": published,
        "license": links([terms["@id"]]),
        "conformsTo": links([PROFILE["@id"]]),
        "hasPart": links(item["@id"] for item in files),
        "mentions": links(item["@id"] for item in actions),
        "citation": links(item["@id"] for item in citations),
    }
    descriptor: Entity = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    graph = [descriptor, root, terms, PROFILE, *files, *citations, *actions, *programs]
    return {"@context": CONTEXT, "@graph": graph}
