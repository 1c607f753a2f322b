"""Recordings of a vendor's own bytes, read by the adapter that would have fetched them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from backends import registry, systems
from backends.errors import BackendError
from backends.qpu.recording import Recording
from backends.schema import Experiment, Result, RunOptions

KIND = "payload"
VENDORS = ("aquila", "braket", "ibm")


def payload_document(
    *,
    citation: str,
    licence: str,
    vendor: str,
    experiment: Experiment,
    options: RunOptions,
    payload: bytes,
) -> dict[str, Any]:
    """The document of a vendor's result with the experiment that it answers."""
    return {
        "kind": KIND,
        "citation": citation,
        "licence": licence,
        "vendor": vendor,
        "experiment": experiment.to_dict(),
        "options": options.to_dict(),
        "payload": base64.b64encode(payload).decode(),
    }


def read(document: Mapping[str, Any], *, system: Mapping[str, Any]) -> Recording:
    """The recording in the document of a payload. The one call here that loads an SDK.

    Args:
        system: Of whom the numbers are asked; it must be the one that was recorded.

    Raises:
        ValueError: It is malformed, or was recorded of another system.
    """
    try:
        experiment = Experiment.from_dict(document["experiment"])
        options = RunOptions(**document["options"])
        vendor, citation, licence = (document[k] for k in ("vendor", "citation", "licence"))
        payload = base64.b64decode(document["payload"], validate=True)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a malformed recording: {error!r:.200}") from None
    if vendor not in VENDORS:
        raise ValueError(f"vendor {vendor!r:.40}; allowed: {', '.join(VENDORS)}")
    backend = registry.get(vendor)
    try:
        if systems.load(experiment.system).to_dict() != systems.load(system).to_dict():
            raise ValueError("it was recorded of another system")
        backend.check(experiment, options)
        result = backend.parse(payload, experiment, options)
    except BackendError as error:
        raise ValueError(str(error)) from None
    if result.values.shape != experiment.shape:
        raise ValueError(f"{result.values.shape} values for {experiment.shape}")
    return _recording(experiment, options, result, citation=citation, licence=licence)


def _recording(
    experiment: Experiment, options: RunOptions, result: Result, *, citation: str, licence: str
) -> Recording:
    said, count = result.provenance, len(result.values)
    unknown = np.full_like(result.values, np.nan)
    return Recording(
        citation=citation,
        licence=licence,
        controls=experiment.controls,
        observables=experiment.observables,
        points=experiment.points,
        knobs=tuple(
            dict(zip(experiment.knobs, row, strict=True)) for row in experiment.knob_values.tolist()
        ),
        values=result.values,
        std_errors=result.std_errors,
        mixed_values=unknown if result.mixed_values is None else result.mixed_values,
        rows=tuple(range(count)),
        shots=(options.shots,) * count,
        epochs=(said.calibration_id,) * count,
        failures=dict(result.failures),
        versions=dict(said.versions),
        details={**said.details, "backend": said.backend},
        remote_id=said.remote_id,
        calibration=said.calibration,
        calibrated_at=said.calibrated_at,
        started_at=said.started_at,
        finished_at=said.finished_at,
    )
