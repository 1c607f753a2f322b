"""Integrals of a molecule without a geometry, as FCIDUMP text.

Knowles and Handy, Comput. Phys. Commun. 54, 75 (1989): a namelist with ``NORB``, ``NELEC`` and
``MS2``, then lines ``value i j k l`` in chemists' order with orbitals counted from 1: ``(ij|kl)``,
``h_ij`` where ``k = l = 0``, an orbital energy (ignored) where only ``i`` is given, and the
constant where all are 0. Real, restricted integrals only, each once for its eight permutations.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray

MAX_CHARACTERS = 1_000_000
MAX_HEADER = 2_000
MAX_LINES = 15_000
MAX_ORBITALS = 16
LARGEST_HARTREE = 1e6
SAME = 1e-9
"""Values of one integral that differ by more contradict each other, hartree."""

_NAMELIST = re.compile(
    rf"\s{{0,99}}&FCI\b(.{{0,{MAX_HEADER}}}?)(?:&END|/)[ \t]*(?:\n|$)", re.S | re.I
)
_Indices = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fcidump:
    """Integrals over ``N`` orthonormal orbitals, hartree.

    Attributes:
        electrons: Of both spins.
        spin: Number of unpaired electrons, 2S.
        constant: What is added to the electronic energy.
        one: Shape ``(N, N)``.
        two: Shape ``(N, N, N, N)``, chemists' order.
    """

    text: str
    orbitals: int
    electrons: int
    spin: int
    constant: float = field(compare=False)
    one: FloatArray = field(compare=False, repr=False)
    two: FloatArray = field(compare=False, repr=False)


def parse(text: object, *, at: str) -> Fcidump:
    """Read FCIDUMP text.

    Raises:
        ProgramRejected: Names what is wrong and the line.
    """
    if not isinstance(text, str) or not text.isascii() or len(text) > MAX_CHARACTERS:
        raise ProgramRejected(
            f"fcidump is no ASCII text or too long; allowed: at most {MAX_CHARACTERS} characters",
            field=at,
        )
    try:
        return _parse(text)
    except _Bad as error:
        raise ProgramRejected(str(error), field=at) from None


class _Bad(Exception):
    """What is wrong with a text, and what is allowed."""


def _refuse(found: str, allowed: str) -> NoReturn:
    raise _Bad(f"{found}; allowed: {allowed}")


@lru_cache(maxsize=8)
def _parse(text: str) -> Fcidump:
    header, body, line = _split(text)
    orbitals, electrons, spin = _sizes(header)
    found: dict[_Indices, float] = {}
    for number, value, indices in _rows(body, line, orbitals):
        key = _canonical(indices)
        if key is None:
            _refuse(f"line {number} has indices {indices}", "four, two, one or none above 0")
        if abs(found.setdefault(key, value) - value) > SAME:
            _refuse(
                f"line {number} gives {value:g} for an integral that was {found[key]:g}",
                "one value for all permutations of an integral",
            )
    if not any(len(key) == 2 for key in found):
        _refuse("there is no one-electron integral", "one or more lines 'value i j 0 0'")
    one, two = _arrays(found, orbitals)
    return Fcidump(
        text=text,
        orbitals=orbitals,
        electrons=electrons,
        spin=spin,
        constant=found.get((), 0.0),
        one=one,
        two=two,
    )


def _canonical(indices: _Indices) -> _Indices | None:
    """One name for all permutations of an integral, without zeros; None if it is none."""
    first, second, third, fourth = indices
    given = tuple(index > 0 for index in indices)
    if all(given):
        pairs = sorted((tuple(sorted((first, second))), tuple(sorted((third, fourth)))))
        return *pairs[0], *pairs[1]
    if given == (True, True, False, False):
        return min(first, second), max(first, second)
    return indices[: sum(given)] if not any(given[1:]) else None


def _arrays(found: dict[_Indices, float], orbitals: int) -> tuple[FloatArray, FloatArray]:
    one, two = np.zeros((orbitals,) * 2), np.zeros((orbitals,) * 4)
    for key, value in found.items():
        places = [index - 1 for index in key]
        if len(places) == 2:
            p, q = places
            one[p, q] = one[q, p] = value
        elif len(places) == 4:
            p, q, r, s = places
            for a, b, c, d in ((p, q, r, s), (q, p, r, s), (p, q, s, r), (q, p, s, r)):
                two[a, b, c, d] = two[c, d, a, b] = value
    return one, two


def _split(text: str) -> tuple[str, list[str], int]:
    """The namelist, the lines after it, and the number of the first of these."""
    found = _NAMELIST.match(text)
    if found is None:
        _refuse(
            f"it begins with {text[:40]!r}",
            "a namelist '&FCI NORB=..., NELEC=..., MS2=... &END', or with / at its end",
        )
    return (
        found[1].upper(),
        text[found.end() :].splitlines(),
        text.count("\n", 0, found.end()) + 1,
    )


def _sizes(header: str) -> tuple[int, int, int]:
    """Numbers of orbitals, of electrons and of unpaired electrons."""
    words = [part.split() for part in header.replace(",", " ").split("=")]
    if len(words) < 2 or not all(words):
        _refuse("the namelist has no entries", "NORB=..., NELEC=..., MS2=...")
    entries = {
        before[-1]: " ".join(after if last else after[:-1])
        for last, before, after in zip(
            [*[False] * (len(words) - 2), True], words[:-1], words[1:], strict=True
        )
    }
    for name in ("UHF", "IUHF"):
        if entries.get(name, "0") not in {"0", ".FALSE.", "F", "FALSE"}:
            _refuse(f"{name} = {entries[name][:20]}", "restricted integrals")
    orbitals = _integer(entries, "NORB", 1, MAX_ORBITALS)
    electrons = _integer(entries, "NELEC", 1, 2 * orbitals)
    spin = _integer(entries, "MS2", 0, electrons, "0")
    if (electrons - spin) % 2 or electrons + spin > 2 * orbitals:
        _refuse(
            f"MS2 = {spin} with NELEC = {electrons} in NORB = {orbitals}",
            ", ".join(
                map(str, range(electrons % 2, min(electrons, 2 * orbitals - electrons) + 1, 2))
            ),
        )
    return orbitals, electrons, spin


def _integer(
    entries: dict[str, str], name: str, low: int, high: int, default: str | None = None
) -> int:
    value = entries.get(name, default)
    if value is None or not re.fullmatch(r"\d{1,4}", value) or not low <= int(value) <= high:
        shown = "missing" if value is None else value[:20]
        _refuse(f"{name} is {shown}", f"an integer from {low} to {high}")
    return int(value)


def _rows(
    lines: list[str], first: int, orbitals: int
) -> Iterator[tuple[int, float, tuple[int, ...]]]:
    """Number, value and indices of each line; blank lines only at the end."""
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > MAX_LINES:
        _refuse(f"{len(lines)} lines follow the namelist", f"at most {MAX_LINES}")
    for number, line in enumerate(lines, first):
        value, *indices = line.split() or [""]
        try:
            amount = float(value.upper().replace("D", "E"))
            places = tuple(map(int, indices))
        except ValueError:
            amount, places = math.nan, ()
        if not abs(amount) <= LARGEST_HARTREE or len(places) != 4:
            _refuse(
                f"line {number} is {line[:60]!r}",
                f"a real value up to {LARGEST_HARTREE:g} and four indices",
            )
        if not 0 <= min(places) <= max(places) <= orbitals:
            _refuse(f"line {number} has indices {places}", f"0 to NORB = {orbitals}")
        yield number, amount, places
