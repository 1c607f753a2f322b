"""Observables that a user adds to a system of qubits: Pauli sums and bit strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import qubit_observables as named
from backends.systems.document import Document
from backends.systems.expression import Expression
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.projector import Projector

MOST = 100
MOST_TERMS = 10_000
LONGEST_NAME, LONGEST_LABEL = 40, 120

Terms = tuple[tuple[str, PauliWord, Expression], ...]


@dataclass(frozen=True, kw_only=True)
class OwnObservable:
    """A Pauli sum with coefficients that may depend on controls, or the probability of bits.

    Attributes:
        terms: Each word as it was written, the word, and its coefficient.
        bitstring: Qubit 0 rightmost; empty for a Pauli sum.
    """

    name: str
    label: str
    qubits: int
    terms: Terms = ()
    bitstring: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Controls that occur in it."""
        return frozenset().union(*(c.names for _, _, c in self.terms))

    @cached_property
    def spec(self) -> ObservableSpec:
        """What it means; a sum with constant coefficients is bounded by their magnitudes."""
        if self.bitstring:
            return named.plain(self.name, self.label, 0.0, 1.0)
        if self.names:
            return named.plain(self.name, self.label)
        middle = sum(c.constant for _, word, c in self.terms if not word.support)
        spread = sum(abs(c.constant) for _, word, c in self.terms if word.support)
        return named.plain(self.name, self.label, middle - spread, middle + spread)

    @property
    def projector(self) -> Projector:
        """The projector on the bit string."""
        return Projector(self.qubits, int(self.bitstring, 2))

    def values(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """Coefficients of the ``K`` terms at ``P`` points, shape ``(P, K)``."""
        return table(self.terms, columns, rows)

    def operators(self, columns: Mapping[str, FloatArray], rows: int) -> list[PauliSum]:
        """The Pauli sum at each of ``P`` points; one value where nothing in it changes."""
        words = [word for _, word, _ in self.terms]
        if not self.names:
            return [self._constant] * rows
        return [
            PauliSum(self.qubits, dict(zip(words, row, strict=True)))
            for row in self.values(columns, rows).tolist()
        ]

    @cached_property
    def _constant(self) -> PauliSum:
        return PauliSum(self.qubits, {word: c.constant for _, word, c in self.terms})

    def to_dict(self) -> dict[str, Any]:
        label = {} if self.label == self.name else {"label": self.label}
        if self.bitstring:
            return {"name": self.name, **label, "bitstring": self.bitstring}
        return {"name": self.name, **label, "pauli": {text: c.source for text, _, c in self.terms}}


def parse(
    document: Document, controls: Sequence[str], qubits: int, taken: Iterable[str]
) -> tuple[OwnObservable, ...]:
    """Read the optional ``observables`` of a system's document.

    Args:
        controls: Names that may occur in coefficients.
        taken: Names of the observables that the system has anyway.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    used = {"hamiltonian", *named.NOT_LINEAR, *taken}
    found = []
    for entry in document.documents("observables", 0, MOST, ()):
        own = _read(entry, controls, qubits)
        if own.name in used:
            raise ProgramRejected(
                f"name = {own.name!r} is taken; allowed: a name that no other observable has",
                field=entry.at("name"),
            )
        used.add(own.name)
        found.append(own)
    return tuple(found)


def parse_terms(document: Document, name: str, controls: Sequence[str], qubits: int) -> Terms:
    """Read an object of Pauli words with their coefficients.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    given = document.entry(name, {})
    Document(given, document.at(name))
    pairs = [(text, entry, f"{document.at(name)}/{text}") for text, entry in given.items()]
    return read_terms(pairs, controls, qubits, at=document.at(name))


def read_terms(
    pairs: Sequence[tuple[Any, Any, str]],
    controls: Sequence[str],
    qubits: int,
    *,
    at: str,
    coefficients: Sequence[str] = (),
) -> Terms:
    """Read words and coefficients, each with its own JSON pointer.

    Args:
        at: JSON pointer of all of them.
        coefficients: JSON pointers of the coefficients, where they differ from those of the words.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    if not 1 <= len(pairs) <= MOST_TERMS:
        raise ProgramRejected(
            f"{len(pairs)} terms; allowed: 1 to {MOST_TERMS} Pauli words with coefficients",
            field=at,
        )
    places = [pointer for _, _, pointer in pairs]
    seen: dict[PauliWord, str] = {}
    terms = []
    for (text, entry, pointer), place in zip(pairs, coefficients or places, strict=True):
        try:
            word = PauliWord.read(text, qubits)
        except ValueError as error:
            raise ProgramRejected(str(error), field=pointer) from None
        if word in seen:
            raise ProgramRejected(
                f"{text!r} is the same word as {seen[word]!r}; allowed: each word once",
                field=pointer,
            )
        seen[word] = text
        terms.append((text, word, Expression.parse(entry, controls, at=place)))
    return tuple(terms)


def table(terms: Terms, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
    """Coefficients of ``K`` terms at ``P`` points, shape ``(P, K)``."""
    return np.stack([c.values(columns, rows) for _, _, c in terms], axis=1)


def _read(entry: Document, controls: Sequence[str], qubits: int) -> OwnObservable:
    entry.only("name", "label", "pauli", "bitstring")
    name = entry.text("name")
    if not name.isidentifier() or len(name) > LONGEST_NAME:
        raise ProgramRejected(
            f"{name!r} is not a name; allowed: letters, digits and _, no digit first, at most "
            f"{LONGEST_NAME}",
            field=entry.at("name"),
        )
    label = entry.text("label", name)
    if len(label) > LONGEST_LABEL:
        raise ProgramRejected(
            f"label has {len(label)} characters; allowed: at most {LONGEST_LABEL}",
            field=entry.at("label"),
        )
    has_bits = entry.entry("bitstring", None) is not None
    if has_bits == (entry.entry("pauli", None) is not None):
        raise ProgramRejected(
            f"{name!r} needs one definition; allowed: pauli, or bitstring",
            field=entry.at("pauli"),
        )
    if has_bits:
        bits = entry.text("bitstring")
        if len(bits) != qubits or set(bits) - set("01"):
            raise ProgramRejected(
                f"bitstring = {bits!r}; allowed: {qubits} of 0 and 1, qubit 0 rightmost",
                field=entry.at("bitstring"),
            )
        return OwnObservable(name=name, label=label, qubits=qubits, bitstring=bits)
    terms = parse_terms(entry, "pauli", controls, qubits)
    return OwnObservable(name=name, label=label, qubits=qubits, terms=terms)
