"""The Hamiltonian variational ansatz.

Wecker, Hastings and Troyer, Phys. Rev. A 92, 042303 (2015); Wiersema et al., PRX Quantum 1, 020319
(2020), with whom half as many layers as sites are exact for critical Ising rings.

Words with equal support that commute (XX, YY and ZZ of a bond) make a block; blocks that commute
make a layer, first fit. Within a layer each class of words has one parameter: words on qubits
that are alike (as far as refining colours can tell; all are on a ring, mirror images on an open
chain), whose coefficients stay in proportion whatever the controls are, diagonal ones apart from
the others. ``exp(-i theta/2 sum_k f_k P_k)`` has factors ``f`` in that proportion, so that one
circuit serves a whole sweep.

The start is the ground state of the last layer: ``|+>`` or ``|->`` under fields along x, singlets
on the bonds of a layer that conserves the magnetisation; else the basis state of lowest energy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from backends.methods.circuit import Gate, basis_state
from backends.methods.variational.ansatz import Ansatz, Turn
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_system import Sector

Coefficients = Mapping[PauliWord, FloatArray]
"""Coefficient of each word at a few places in the space of controls."""

DIGITS = 9
RAMP = 0.8
"""Largest angle of a cold start, which follows a linear ramp between the layers."""


def hamiltonian_variational(samples: Sequence[PauliSum], layers: int, sector: Sector) -> Ansatz:
    """Build it from the Hamiltonian at a few places.

    Args:
        samples: The Hamiltonian there.
        layers: How often all classes are applied.
        sector: Conserved numbers of the start.
    """
    qubits = samples[0].qubits
    words, table = _words(samples)
    grouped, colours = _layers(words), _colours(qubits, table)
    last, start = _start(grouped, table, qubits, sector)
    grouped = [layer for k, layer in enumerate(grouped) if k != last] + [grouped[last]]
    classes = [(one, k == len(grouped) - 1) for k, layer in enumerate(grouped)
               for one in _classes(layer, table, colours)]  # fmt: skip
    steps: list[Turn] = []
    dominant: list[tuple[int, float]] = []
    for layer in range(layers):
        share = (layer + 0.5) / layers
        for members, closing in classes:
            parameter = len(dominant)
            dominant.append((parameter, RAMP * (1 - share if closing else share)))
            steps += [Turn(turn, parameter) for turn in _turns(members, table)]
    return Ansatz(
        name="hamiltonian_variational",
        qubits=qubits,
        start=start,
        steps=tuple(steps),
        parameters=len(dominant),
        dominant=tuple(dominant),
    )


def has_natural_start(samples: Sequence[PauliSum]) -> bool:
    """Whether the start is the ground state of a layer; else little can be reached from it."""
    words, table = _words(samples)
    return _ground_of_layer(_layers(words), table, samples[0].qubits) is not None


def _words(samples: Sequence[PauliSum]) -> tuple[list[PauliWord], Coefficients]:
    """Words without the identity, with their coefficients."""
    words = sorted({w for one in samples for w in one.terms if w.support}, key=_order)
    return words, {w: np.array([one.terms.get(w, 0.0) for one in samples]) for w in words}


def _order(word: PauliWord) -> tuple[int, int, int]:
    """Diagonal words first."""
    return word.x, word.support, word.z


def _layers(words: Sequence[PauliWord]) -> list[list[PauliWord]]:
    blocks: dict[tuple[int, ...], list[PauliWord]] = {}
    for word in words:
        same = [key for key in blocks if key[0] == word.support]
        fits = [key for key in same if all(word.commutes(other) for other in blocks[key])]
        blocks.setdefault(fits[0] if fits else (word.support, len(same)), []).append(word)
    layers: list[list[PauliWord]] = []
    for block in blocks.values():
        for layer in layers:
            if all(one.commutes(other) for one in block for other in layer):
                layer.extend(block)
                break
        else:
            layers.append(list(block))
    return layers


def _classes(
    layer: Sequence[PauliWord], table: Coefficients, colours: Sequence[int]
) -> list[list[PauliWord]]:
    """Words in proportion on qubits that are alike, diagonal ones apart."""
    classes: dict[tuple[object, ...], list[PauliWord]] = {}
    for word in layer:
        places = sorted(colours[q] for q in _bits(word.support))
        classes.setdefault((not word.x, *places, *_shape(table[word])), []).append(word)
    return list(classes.values())


def _shape(values: FloatArray) -> tuple[float, ...]:
    """Coefficients relative to the largest."""
    shape = np.round(values / values[np.argmax(np.abs(values))], DIGITS) + 0.0
    return tuple(shape.tolist())


def _colours(qubits: int, table: Coefficients) -> list[int]:
    """Equal numbers for qubits that stand in like words with like qubits (Weisfeiler-Leman)."""
    colours = [0] * qubits
    for _ in range(qubits):
        seen: list[list[object]] = [[colour] for colour in colours]
        for word, values in table.items():
            members = list(_bits(word.support))
            others = sorted((colours[q], word.letter(q)) for q in members)
            key = (tuple(others), tuple(np.round(values, DIGITS).tolist()))
            for q in members:
                seen[q].append((word.letter(q), key))
        keys = [repr((one[0], sorted(map(repr, one[1:])))) for one in seen]
        names = {key: index for index, key in enumerate(sorted(set(keys)))}
        colours = [names[key] for key in keys]
    return colours


def _bits(mask: int) -> Iterator[int]:
    return (q for q in range(mask.bit_length()) if mask >> q & 1)


def _turns(
    members: Sequence[PauliWord], table: Coefficients
) -> list[tuple[tuple[PauliWord, float], ...]]:
    """Words of a class that flip the same qubits together, with their factors."""
    values = {word: float(table[word][np.argmax(np.abs(table[word]))]) for word in members}
    largest = max(map(abs, values.values()))
    turns: dict[int, list[tuple[PauliWord, float]]] = {}
    for word, value in values.items():
        turns.setdefault(word.x, []).append((word, round(value / largest, DIGITS)))
    return [tuple(words) for words in turns.values()]


def _start(
    layers: Sequence[Sequence[PauliWord]], table: Coefficients, qubits: int, sector: Sector
) -> tuple[int, tuple[Gate, ...]]:
    """Which layer comes last, and its ground state, or else the lowest basis state."""
    found = None if sector else _ground_of_layer(layers, table, qubits)
    if found is not None:
        return found
    mean = {word: float(values.mean()) for word, values in table.items()}
    return len(layers) - 1, tuple(basis_state(lowest_basis_state(mean, qubits, sector)))


def _ground_of_layer(
    layers: Sequence[Sequence[PauliWord]], table: Coefficients, qubits: int
) -> tuple[int, tuple[Gate, ...]] | None:
    """A layer of fields along x on all qubits, or of exchange on bonds that hold each once."""
    mean = {word: float(values.mean()) for word, values in table.items()}
    for index, layer in enumerate(layers):
        fields = [w for w in layer if w.x.bit_count() == 1 and not w.z]
        if len(fields) == qubits:
            gates = [
                Gate(name, (word.x.bit_length() - 1,))
                for word in fields
                for name in (("x", "h") if mean[word] > 0 else ("h",))
            ]
            return index, tuple(gates)
    for index, layer in enumerate(layers):
        bonds = _bonds(layer, mean)
        if bonds is not None and sum(bonds) == (1 << qubits) - 1:
            return index, tuple(gate for bond in bonds for gate in _singlet(bond))
    return None


def _bonds(layer: Sequence[PauliWord], mean: Mapping[PauliWord, float]) -> list[int] | None:
    """Supports of a layer of antiferromagnetic exchange on separate bonds."""
    bonds: dict[int, set[tuple[bool, bool]]] = {}
    for word in layer:
        if word.support.bit_count() == 2 and (word.x == word.support or not word.x):
            if mean[word] <= 0 or word.z not in (0, word.support):
                return None
            bonds.setdefault(word.support, set()).add((word.x > 0, word.z > 0))
    apart = not any(one & two for one, two in combinations(bonds, 2))
    exchange = all({(True, False), (True, True)} <= kinds for kinds in bonds.values())
    return list(bonds) if bonds and apart and exchange else None


def _singlet(bond: int) -> list[Gate]:
    """``(|01> - |10>) / sqrt 2`` on two qubits."""
    one, two = _bits(bond)
    return [Gate("x", (one,)), Gate("h", (one,)), Gate("x", (two,)), Gate("cx", (one, two))]


def lowest_basis_state(mean: Mapping[PauliWord, float], qubits: int, sector: Sector) -> int:
    """Of the sector, the one with the lowest diagonal energy; the first of equals."""
    index = np.arange(2**qubits)
    for mask, count in sector:
        index = index[np.bitwise_count(index & mask) == count]
    energy = np.zeros(len(index))
    for word, value in mean.items():
        if not word.x:
            energy += value * (1.0 - 2.0 * (np.bitwise_count(index & word.z) & 1))
    return int(index[np.argmin(np.round(energy, DIGITS))])
