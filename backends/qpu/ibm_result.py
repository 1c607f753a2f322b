"""From IBM's bytes to the counts or values of each PUB, by the client's own decoders.

They are input: checked to be of the circuits, bits and shots that were asked for. The client's
decoder of general documents, which rebuilds whatever object a document names, is not used.

Shapes use ``R`` for rows of a share, ``O`` for observables and ``P`` for points.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from backends.methods.program import Program
from backends.qpu import ibm_bound, ibm_estimate
from backends.qpu.ibm_settings import IbmSettings
from backends.qpu.ibm_share import Share, states
from backends.schema.experiment import FloatArray
from backends.simulators.answer import Answer, PointCounts

NO_NUMBER = "IBM's estimator gave no finite number for it"


def pubs(raw: bytes, primitive: str) -> list[Any]:
    """The client's result of each PUB.

    Raises:
        ValueError: It is malformed, or of another primitive.
    """
    from qiskit_ibm_runtime.decoders.executor.decoder import AVAILABLE_DECODERS
    from qiskit_ibm_runtime.decoders.executor_estimator.decoder import ClientSideEstimatorDecoder
    from qiskit_ibm_runtime.decoders.executor_sampler.decoder import ClientSideSamplerResultDecoder

    document = json.loads(raw)
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version not in AVAILABLE_DECODERS:
        known = ", ".join(AVAILABLE_DECODERS)
        raise ValueError(f"a result of schema {version!r:.40}; known: {known}")
    convert, model = AVAILABLE_DECODERS[version]
    found = convert(model.model_validate_json(raw))
    decoder = (
        ClientSideSamplerResultDecoder if primitive == "sampler" else ClientSideEstimatorDecoder
    )
    if not decoder.is_applicable(found):
        raise ValueError(f"the result is not that of primitive = {primitive}")
    return list(decoder.decode(found))


def counts(
    results: Sequence[Any], cut: Sequence[Share], points: int, shots: int, own: IbmSettings
) -> dict[int, list[PointCounts]]:
    """For each state, the counts of each point and group; bit strings have qubit 0 rightmost.

    Raises:
        ValueError: Circuits, rows, bits or shots are not those that were asked for.
    """
    seen: dict[int, list[list[dict[str, int]]]] = {}
    ahead = _in_turn(results, sum(share.pubs * len(share.bases) for share in cut))
    expected = ibm_bound.shots_of(shots, own)
    for share in cut:
        table = seen.setdefault(share.state, [[] for _ in range(points)])
        for _ in share.bases:
            for place in range(share.pubs):
                bits = next(ahead).data.c
                rows = share.rows if share.pubs == 1 else share.rows[place : place + 1]
                _check(bits, share, len(rows), expected)
                for index, row in enumerate(rows):
                    table[row].append(bits.get_counts(index if bits.shape else None))
    return {state: list(table) for state, table in seen.items()}


def values(
    results: Sequence[Any],
    program: Program,
    cut: Sequence[Share],
    shape: tuple[int, int],
    *,
    gains: Sequence[float],
) -> dict[int, tuple[FloatArray, FloatArray]]:
    """For each state, an estimator's values and their errors, shape ``(P, O)`` each.

    Args:
        gains: Noise factors that all PUBs of the job were run at.

    Raises:
        ValueError: Circuits or shapes are not those that were asked for.
    """
    found: dict[int, tuple[FloatArray, FloatArray]] = {}
    ahead = _in_turn(results, sum(share.pubs for share in cut))
    for share in cut:
        table = found.setdefault(share.state, (np.full(shape, np.nan), np.full(shape, np.nan)))
        width = len(states(program)[share.state].operators[share.rows[0]])
        for place in range(share.pubs):
            rows = share.rows if share.pubs == 1 else share.rows[place : place + 1]
            pair = ibm_estimate.values(next(ahead).data, share, gains)
            for target, one in zip(table, pair, strict=True):
                if one.size != len(rows) * width:
                    raise ValueError(f"values of shape {one.shape} for ({len(rows)}, {width})")
                target[rows] = one.reshape(len(rows), width)
    return found


def answered(answer: Answer, failed: Collection[int]) -> Answer:
    """An estimator's answer, in which a point without a finite value or error has failed.

    Args:
        failed: Points that were not run.
    """
    whole = np.isfinite(answer.values).all(axis=1) & np.isfinite(answer.std_errors).all(axis=1)
    lost = [row for row in np.flatnonzero(~whole).tolist() if row not in failed]
    values, errors = answer.values.copy(), answer.std_errors.copy()
    values[lost], errors[lost] = np.nan, np.nan
    return answer._replace(
        values=values, std_errors=errors, failures=dict.fromkeys(lost, NO_NUMBER)
    )


def facts(results: Sequence[Any]) -> dict[str, Any]:
    """What was noted of each circuit when it was compiled, as IBM sends it back."""
    notes = [one.metadata.get("circuit_metadata") or {} for one in results]
    return {
        "qubits_used": sorted({int(qubit) for note in notes for qubit in note.get("qubits", ())}),
        "compiled_two_qubit_gates": [note.get("two_qubit_gates") for note in notes],
        "compiled_depth": [note.get("depth") for note in notes],
    }


def _in_turn(results: Sequence[Any], expected: int) -> Iterator[Any]:
    if len(results) != expected:
        raise ValueError(f"results of {len(results)} circuits for {expected}")
    return iter(results)


def _check(bits: Any, share: Share, rows: int, shots: int) -> None:
    shape = (rows,) if share.circuit.angles else ()
    if bits.shape != shape:
        raise ValueError(f"counts of shape {bits.shape} for {shape}")
    if bits.num_bits != share.circuit.qubits:
        raise ValueError(f"{bits.num_bits} bits of {share.circuit.qubits} qubits")
    if bits.num_shots != shots:
        raise ValueError(f"{bits.num_shots} shots instead of {shots}")
