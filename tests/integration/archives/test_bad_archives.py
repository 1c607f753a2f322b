"""Archives that were damaged or made to do harm: refused whole, with the member's name."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.archives.errors import ArchiveError
from qtwin.archives.limits import Limits
from qtwin.archives.services import project_export, project_import
from qtwin.projects.models import Project
from tests.integration.archives.conftest import forget, upload
from tests.integration.archives.forging import (
    METADATA,
    Members,
    described,
    edited,
    head,
    line,
    packed,
    unpacked,
)
from tests.morse import truth

SMALL = Limits(total_bytes=2**20, artifact_bytes=2**19, line_bytes=2**16, members=40)


_good: list[bytes] = []


@pytest.fixture
def good(request: pytest.FixtureRequest) -> bytes:
    """An archive of a fitted project that is not in the database any more; made once."""
    if not _good:
        project = request.getfixturevalue("project")
        measure = request.getfixturevalue("measure")
        for x in (0.4, 0.8, 1.4, 2.4):
            measure("fci", x, truth(x))
        request.getfixturevalue("assimilated")()
        file = io.BytesIO()
        project_export(project, file, by=None)
        forget(project)
        _good.append(file.getvalue())
    return _good[0]


def fit_of(blob: bytes) -> Callable[[Members], Members]:
    """The artifact of the fit is something else, under its proper digest."""

    def apply(members: Members) -> Members:
        row = json.loads(members["data/artifacts.jsonl"])
        old, new = row["sha256"], hashlib.sha256(blob).hexdigest()
        rest = {name: data for name, data in members.items() if name != f"artifacts/{old}"}
        rest["data/artifacts.jsonl"] = json.dumps({**row, "sha256": new}).encode()
        return described({**rest, f"artifacts/{new}": blob})

    return apply


def compressed_fit() -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, y=np.zeros(100_000))
    return stream.getvalue()


FORGED: dict[str, tuple[Callable[[Members], Members], str, str]] = {
    "another format": (head(format=99), "data/project.json", "format 99"),
    "no system": (head(system={"kind": "dragon"}), "data/project.json", "dragon"),
    "an unknown field": (edited("sources", lambda r: r.update(owner=1)), "data/sources", "owner"),
    "no field": (edited("sources", lambda r: r.pop("label")), "data/sources", "label"),
    "a role": (edited("sources", lambda r: r.update(role="god")), "data/sources", "line 6: role"),
    "a link": (
        edited("measurements", lambda r: r.update(observable="mass")),
        "data/measurements",
        "'mass' is not in observables",
    ),
    "a number": (
        edited("measurements", lambda r: r.update(value="nan")),
        "data/measurements",
        "line 4: value",
    ),
    "an error": (edited("measurements", lambda r: r.update(std=-1)), "data/measurements", "line 4"),
    "a point": (
        edited("measurements", lambda r: r.update(point=[1, 2])),
        "data/measurements",
        "allowed: 1 finite numbers",
    ),
    "an origin": (
        edited("measurements", lambda r: r.update(dataset=None)),
        "data/measurements",
        "line 4",
    ),
    "a time": (
        edited("measurements", lambda r: r.update(measured_at="2026-01-01T00:00:00")),
        "data/measurements",
        "without a zone",
    ),
    "an id": (edited("measurements", lambda r: r.update(id="7")), "data/measurements", "no UUID"),
    "evidence": (
        edited("fits", lambda r: r["measurement_ids"].pop()),
        "data/fits",
        "the evidence has the digest",
    ),
    "what the evidence says of a source": (
        edited("controls", lambda r: r.update(upper=2.6)),
        "data/fits",
        "the evidence has the digest",
    ),
    "infinity": (line("measurements", b'{"value": 1e999}'), "data/measurements", "line 5: inf"),
    "a key twice": (line("sources", b'{"id": 1, "id": 2}'), "data/sources", "twice"),
    "depth": (line("sources", b"[" * 40 + b"]" * 40), "data/sources", "deeper"),
    "NUL": (line("sources", b'"\\u0000"'), "data/sources", "NUL"),
    "no JSON": (line("sources", b"{"), "data/sources", "line 7"),
    "a long line": (line("sources", b'"' + b"a" * 2**17 + b'"'), "data/sources", "longer than"),
    "no fit": (fit_of(b"no fit at all"), "data/artifacts", "no fit"),
    "a fit that unpacks": (fit_of(compressed_fit()), "data/artifacts", "compressed"),
}


def refused(archive: bytes, team: Team) -> ArchiveError:
    with pytest.raises(ArchiveError) as raised:
        project_import(io.BytesIO(archive), team=team, by=None, limits=SMALL)
    assert not Project.objects.exists()
    return raised.value


def test_a_forged_archive_is_refused_with_the_name_of_the_member(good: bytes, team: Team) -> None:
    for what, (forge, member, detail) in FORGED.items():
        error = refused(packed(forge(unpacked(good))), team)
        assert error.member.startswith(member), (what, str(error))
        assert detail in error.detail, (what, str(error))
    assert project_import(io.BytesIO(good), team=team, by=None, limits=SMALL).ids_kept


def test_damage_is_found(good: bytes, team: Team) -> None:
    members = unpacked(good)
    (fit,) = [name for name in members if name.startswith("artifacts/")]
    flipped = {**members, fit: members[fit][:-1] + bytes([members[fit][-1] ^ 1])}
    assert refused(packed(flipped), team).member == fit
    shorter = {**members, "data/sources.jsonl": members["data/sources.jsonl"][:-1]}
    assert "described" in refused(packed(shorter), team).detail
    lost = {name: data for name, data in members.items() if name != "data/jobs.jsonl"}
    assert str(refused(packed(lost), team)) == "data/jobs.jsonl: is missing"
    assert refused(packed(described(lost)), team).member == "data/jobs.jsonl"
    more = {**members, "data/more.jsonl": b""}
    assert str(refused(packed(more), team)) == "data/more.jsonl: is not in the metadata"
    bare = {name: data for name, data in members.items() if name != METADATA}
    assert refused(packed(bare), team).member == METADATA
    place = good.find(b"data/fits.jsonl") + 60
    broken = good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]
    assert refused(broken, team).member in {"data/fits.jsonl", ""}
    for cut in (good[:1000], good[:-10], b"", b"PK\x05\x06"):
        assert "not a zip file" in str(refused(cut, team))


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "data/../../evil.jsonl", "data\\evil.jsonl", "C:/evil", "data/"],
)
def test_a_member_with_another_name_is_refused(name: str, team: Team) -> None:
    error = refused(packed({METADATA: b"{}", name: b"x"}), team)
    assert error.detail in {"is no file of a project's archive", "is no plain file"}


def test_links_and_repeats_and_crowds_are_refused(team: Team) -> None:
    stream = io.BytesIO()
    info = zipfile.ZipInfo("data/jobs.jsonl")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(info, "/etc/passwd")
    assert refused(stream.getvalue(), team).detail == "is no plain file"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("data/jobs.jsonl", b"")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("data/jobs.jsonl", b"")
    assert refused(stream.getvalue(), team).detail == "is there twice"
    crowd = packed({f"artifacts/{n:064x}": b"" for n in range(50)})
    assert "50 files; allowed: 40" in refused(crowd, team).detail
    with zipfile.ZipFile(stream := io.BytesIO(), "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("data/jobs.jsonl", b"")
    assert "packed by method" in refused(stream.getvalue(), team).detail


def test_a_bomb_is_stopped_at_the_limit_whatever_it_says_of_its_size(team: Team) -> None:
    bomb = packed({METADATA: b" " * 2**24})
    assert len(bomb) < 2**15
    assert "unpacks to over" in refused(bomb, team).detail
    several = {f"artifacts/{n:064x}": b" " * 2**19 for n in range(3)}
    whole = packed(described({**several, METADATA: b'{"@graph": []}'}))
    assert "unpacks to over" in refused(whole, team).detail
    said = (2**24).to_bytes(4, "little")
    assert said in bomb
    lying = bomb.replace(said, (100).to_bytes(4, "little"))
    assert refused(lying, team).member == METADATA


def test_the_address_takes_archives_only_and_not_too_large(
    api: APIClient, settings: Any, team: Team
) -> None:
    assert upload(api, b"no zip", 400)["errors"][0]["detail"] == "not a zip file"
    settings.ARCHIVE_MAX_BYTES = 100
    upload(api, b"x" * 101, 413)
    assert api.post("/api/v1/projects:import", {}, format="json").status_code == 415


def test_the_metadata_is_a_crate_as_the_specification_has_it(good: bytes) -> None:
    """RO-Crate 1.1: the root data entity, its descriptor, and a flat graph without loose ends."""
    members = unpacked(good)
    document = json.loads(members[METADATA])
    assert document["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    graph = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(graph) == len(document["@graph"])
    descriptor, root = graph[METADATA], graph["./"]
    assert (descriptor["@type"], descriptor["about"]) == ("CreativeWork", {"@id": "./"})
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} < set(root)
    files = {i for i, entity in graph.items() if entity["@type"] == "File"}
    assert {part["@id"] for part in root["hasPart"]} == files == set(members) - {METADATA}
    for entity in graph.values():
        assert "@type" in entity
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and entity is not descriptor:
                    assert set(one) == {"@id"}
                    assert one["@id"] in graph
    (action,) = [e for e in graph.values() if e["@type"] == "CreateAction"]
    assert action["result"]["@id"] in files
    assert graph[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
