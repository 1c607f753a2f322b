"""Which words can be measured by one circuit.

Words commute qubit-wise when on every qubit they agree or one is the identity; then one choice of
single-qubit bases measures them all (Verteletskyi, Yen and Izmaylov, J. Chem. Phys. 152, 124114
(2020)). First fit, largest words first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backends.systems.pauli import PauliWord


@dataclass(frozen=True, slots=True)
class Group:
    """Words measured together.

    Attributes:
        basis: The measured word; a qubit on which it is the identity is measured in Z.
        words: The words of the group, without the identity.
    """

    basis: PauliWord
    words: tuple[PauliWord, ...]


def group(words: Iterable[PauliWord]) -> tuple[Group, ...]:
    """Put every word except the identity into exactly one group."""
    ordered = sorted(
        (word for word in words if word.support),
        key=lambda word: (-word.support.bit_count(), word.x, word.z),
    )
    bases: list[PauliWord] = []
    members: list[list[PauliWord]] = []
    for word in ordered:
        for index, basis in enumerate(bases):
            if commute_qubitwise(word, basis):
                bases[index] = PauliWord(basis.x | word.x, basis.z | word.z)
                members[index].append(word)
                break
        else:
            bases.append(word)
            members.append([word])
    return tuple(Group(b, tuple(m)) for b, m in zip(bases, members, strict=True))


def all_z(qubits: int) -> PauliWord:
    """Z on every qubit, whose group gives the probabilities of bit strings."""
    return PauliWord(0, (1 << qubits) - 1)


def commute_qubitwise(one: PauliWord, two: PauliWord) -> bool:
    """Whether the words agree on every qubit where neither is the identity."""
    both = one.support & two.support
    return not ((one.x ^ two.x) & both or (one.z ^ two.z) & both)
