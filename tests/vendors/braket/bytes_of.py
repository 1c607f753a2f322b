"""Results with something wrong in them, from whole ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

Change = Callable[[dict[str, Any]], None]


def narrower(data: bytes) -> bytes:
    """Every shot has a bit less."""

    def change(result: dict[str, Any]) -> None:
        if "shotResult" in result:
            for sequence in result["shotResult"].values():
                sequence.pop()
        else:
            result["measurements"] = [shot[1:] for shot in result["measurements"]]

    return changed(data, change)


def fewer(data: bytes) -> bytes:
    """A shot of each circuit is missing."""
    document = json.loads(data)
    if "programResults" in document:
        return changed(data, lambda result: result["measurements"].pop())
    document["measurements"].pop()
    return json.dumps(document).encode()


def misread(data: bytes, share: float) -> bytes:
    """Each bit is another with this probability: a word on w qubits is damped by (1 - 2 p)^w."""
    rng = np.random.default_rng(1)

    def change(result: dict[str, Any]) -> None:
        bits = np.array(result["measurements"])
        result["measurements"] = (bits ^ (rng.random(bits.shape) < share)).tolist()

    return changed(data, change)


def changed(data: bytes, change: Change) -> bytes:
    """The result of each circuit, or each shot of an analog run, is changed in place."""
    document = json.loads(data)
    if "programResults" in document:
        for program in document["programResults"]:
            for result in program["executableResults"]:
                change(result)
    elif "measuredQubits" in document:
        change(document)
    else:
        for shot in document["measurements"]:
            change(shot)
    return json.dumps(document).encode()


def with_value(data: bytes, number: str) -> bytes:
    """The first expectation is something else."""
    document = json.loads(data)
    document["resultTypes"][0]["value"] = "HERE"
    return json.dumps(document).replace('"HERE"', number).encode()


def scattered(data: bytes) -> dict[str, bytes]:
    """A program set's result as one object for each program and each circuit, by path."""
    document = json.loads(data)
    objects: dict[str, bytes] = {}
    for index, program in enumerate(document["programResults"]):
        folder = f"programs/{index}"
        for place, result in enumerate(program["executableResults"]):
            objects[f"{folder}/executables/{place}.json"] = json.dumps(result).encode()
        program["executableResults"] = [
            f"executables/{place}.json" for place in range(len(program["executableResults"]))
        ]
        objects[f"{folder}/results.json"] = json.dumps(program).encode()
    names = [f"programs/{index}/results.json" for index in range(len(document["programResults"]))]
    objects["results.json"] = json.dumps(document | {"programResults": names}).encode()
    return objects
