"""Arrays and JSON in one file that is safe to read: an uncompressed npz without pickles.

A file from elsewhere is hostile until it is read. The directory of the zip and the header of each
array are checked before anything is allocated: nothing is ever decompressed, and an array takes as
many bytes as it says.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 64 * 2**20
MOST_MEMBERS = 64
MOST_META = 2**20
META = "meta"
DTYPES = ("|u1", "<i8", "<f8")
UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,  # an encrypted member; RecursionError is one too
    MemoryError,
    EOFError,
    OSError,
    KeyError,
    IndexError,
    OverflowError,
    TypeError,
    SyntaxError,
    ValueError,
)
"""What reading hostile bytes may raise."""

Arrays: TypeAlias = "dict[str, NDArray[Any]]"


def pack(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The same bytes for the same content.

    Raises:
        ValueError: The JSON has NaN, or an array is of a type that is not stored.
    """
    text = json.dumps(meta, sort_keys=True, allow_nan=False).encode()
    members = {META: np.frombuffer(text, dtype=np.uint8), **arrays}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, array in members.items():
            if array.dtype.str not in DTYPES:
                raise ValueError(f"/{name}: type {array.dtype}; allowed: {', '.join(DTYPES)}")
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.ascontiguousarray(array), (1, 0), allow_pickle=False
            )
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return stream.getvalue()


def unpack(blob: bytes, *, kind: str, schema_version: int) -> tuple[dict[str, Any], Arrays]:
    """The JSON and the arrays that ``pack`` wrote, read-only.

    Args:
        kind: That the JSON must name.
        schema_version: Newest that the caller knows.

    Raises:
        ValueError: The bytes are no such file, with what is wrong.
    """
    if len(blob) > MOST_BYTES:
        raise ValueError(
            f"these bytes are no {kind}: {len(blob)} bytes; allowed: at most {MOST_BYTES}"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            arrays = {
                name: _array(archive.read(member), name)
                for name, member in _members(archive, len(blob)).items()
            }
        meta = _meta(arrays.pop(META), kind=kind, schema_version=schema_version)
    except UNREADABLE as error:
        said = f"{error}" or type(error).__name__
        raise ValueError(f"these bytes are no {kind}: {said}") from error
    return meta, arrays


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > MOST_MEMBERS:
        raise ValueError(f"{len(listed)} members; allowed: at most {MOST_MEMBERS}")
    members: dict[str, zipfile.ZipInfo] = {}
    for member in listed:
        name = member.filename.removesuffix(".npy")
        if name == member.filename or not name.isidentifier():
            raise ValueError(f"member {member.filename!r}; allowed: names of arrays with .npy")
        if name in members:
            raise ValueError(f"/{name}: is there twice")
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise ValueError(f"/{name}: is compressed; allowed: as it is")
        members[name] = member
    if sum(member.file_size for member in listed) > size:
        raise ValueError("members are larger than the file")
    if META not in members:
        raise ValueError(f"has no {META}")
    return members


def _array(data: bytes, name: str) -> NDArray[Any]:
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError(f"/{name}: another version of the npy format; allowed: 1.0")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.str not in DTYPES or fortran:
        raise ValueError(f"/{name}: type {dtype}; allowed: {', '.join(DTYPES)} in C order")
    count = 1
    for length in shape:
        if type(length) is not int or length < 0:
            raise ValueError(f"/{name}: shape {shape}")
        count *= length
    rest = len(data) - stream.tell()
    if count * dtype.itemsize != rest:
        raise ValueError(f"/{name}: shape {shape} is not that of its {rest} bytes")
    return np.frombuffer(data, dtype=dtype, offset=stream.tell()).reshape(shape)


def _meta(array: NDArray[Any], *, kind: str, schema_version: int) -> dict[str, Any]:
    if array.dtype != np.uint8 or array.ndim != 1 or array.size > MOST_META:
        raise ValueError(f"/{META}: allowed: at most {MOST_META} bytes of JSON")
    meta = json.loads(
        array.tobytes(),
        object_pairs_hook=_once,
        parse_constant=_finite,
        parse_float=_finite,
    )
    if not isinstance(meta, dict) or meta.get("kind") != kind:
        raise ValueError(f"/kind: allowed: {kind}")
    version = meta.get("schema_version")
    if type(version) is not int or not 1 <= version <= schema_version:
        raise ValueError(f"/schema_version: value {version!r}; allowed: 1 to {schema_version}")
    return meta


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"/{META}: a name is there twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"/{META}: {text}; allowed: finite numbers")
    return number
