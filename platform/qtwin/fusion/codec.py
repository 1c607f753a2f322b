"""A fit as bytes: an ``.npz`` archive without pickles, the same bytes for the same fit."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from qtwin.fusion.base import Claim, Knob, Role, SourceSpec
from qtwin.fusion.evidence.conflict import Conflict
from qtwin.fusion.evidence.scaling import Scale
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.factors import Factors, pack, unpack
from qtwin.fusion.fitted import Fitted
from qtwin.fusion.interval import Rule
from qtwin.fusion.version import FUSION_VERSION, SCHEMA_VERSION
from qtwin.fusion.widening import Widening

F = TypeVar("F", bound=Fitted)


_SITES = (
    *("x", "y", "var", "source", "gain", "mixed", "mixed_unknown"),
    *("distance", "reach", "epoch", "branch"),
)
_OLDEST = 1

NO_ARCHIVE = (zipfile.BadZipFile, KeyError, OSError, EOFError, TypeError, ValueError)
"""What reading bytes that are no archive of a fit, or a damaged one, may raise."""


def dump_fit(fit: Fitted) -> bytes:
    """Write a fit."""
    sites, factors = fit.sites, fit.factors
    arrays = {name: getattr(sites, name) for name in _SITES}
    if sites.shared is not None:
        arrays["shared_rows"], arrays["shared"] = sites.shared
    if fit.coarse is not None:
        arrays["coarse"] = np.frombuffer(dump_fit(fit.coarse), dtype=np.uint8)
    stream = io.BytesIO()
    np.savez(
        stream,
        allow_pickle=False,
        meta=np.frombuffer(json.dumps(_meta(fit), sort_keys=True).encode(), dtype=np.uint8),
        bounds=fit.bounds,
        value_bounds=np.array(fit.value_bounds),
        theta=factors.theta,
        root=pack(factors.root),
        alpha=factors.alpha,
        **arrays,
    )
    return stream.getvalue()


def read_fit(blob: bytes, kind: type[F]) -> F:
    """Read what ``dump_fit`` wrote, bit for bit, as a fit of some kind.

    Raises:
        ValueError: The archive has another schema version or other hyperparameters than the model
            has now, or is no archive of a fit.
    """
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta: dict[str, Any] = json.loads(arrays["meta"].tobytes())
    except NO_ARCHIVE as error:
        raise ValueError("not an archive of a fit") from error
    if not _OLDEST <= meta["schema"] <= SCHEMA_VERSION:
        known = f"{_OLDEST} to {SCHEMA_VERSION}"
        raise ValueError(f"fit has schema {meta['schema']!r}; this version reads {known}")
    n = len(arrays["y"])
    low, high = arrays["value_bounds"]
    coarse = read_fit(arrays["coarse"].tobytes(), kind) if "coarse" in arrays else None
    inverted = meta.get("inverted", True)
    fit = kind(
        sites=_sites(arrays, meta),
        bounds=arrays["bounds"],
        value_bounds=(float(low), float(high)),
        scale=Scale(**meta["scale"]),
        factors=Factors(
            theta=arrays["theta"],
            root=unpack(arrays["root"], n, by_columns=not inverted),
            alpha=arrays["alpha"],
            inverted=inverted,
        ),
        c2=meta["c2"],
        rule=Rule(**{**meta["rule"], "claim": Claim(meta["rule"]["claim"])}),
        widening=Widening(**meta["widening"]) if meta["widening"] else None,
        seed=meta["seed"],
        conflicts=tuple(Conflict(**record) for record in meta.get("conflicts", ())),
        coarse=coarse,
    )
    if list(fit.names) != meta["hyperparameters"]:
        raise ValueError("fit has the hyperparameters of another version of the model")
    return fit


def _meta(fit: Fitted) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "model": fit.model,
        "fusion_version": FUSION_VERSION,
        "seed": fit.seed,
        "sources": [_record(spec) for spec in fit.sites.specs],
        "knobs": fit.sites.knob_names,
        "epochs": fit.sites.epoch_names,
        "scale": asdict(fit.scale),
        "c2": fit.c2,
        "rule": asdict(fit.rule),
        "widening": asdict(fit.widening) if fit.widening else None,
        "inverted": fit.factors.inverted,
        "conflicts": [asdict(conflict) for conflict in fit.conflicts],
        "hyperparameters": list(fit.names),
    }


def _sites(arrays: dict[str, Any], meta: dict[str, Any]) -> Sites:
    """The sites of an archive; one of schema 1 has neither knobs, epochs nor branches."""
    n, s = len(arrays["y"]), len(meta["sources"])
    older = {
        "mixed_unknown": np.zeros(n, dtype=bool),
        "distance": np.zeros((n, 0)),
        "reach": np.zeros((s, 0)),
        "epoch": np.full(n, -1),
        "branch": np.full(n, -1),
    }
    shared = (arrays["shared_rows"], arrays["shared"]) if "shared" in arrays else None
    return Sites(
        **{name: arrays[name] if name in arrays else older[name] for name in _SITES},
        knob_names=tuple(meta.get("knobs", ())),
        epoch_names=tuple(meta.get("epochs", ())),
        shared=shared,
        specs=tuple(_spec(record) for record in meta["sources"]),
    )


def _record(spec: SourceSpec) -> dict[str, Any]:
    """Without a damping that nobody knows: fits from before it are written as they were."""
    record = asdict(spec)
    return record if spec.damping else {k: v for k, v in record.items() if k != "damping"}


def _spec(record: dict[str, Any]) -> SourceSpec:
    knobs = tuple(Knob(**knob) for knob in record.get("knobs", ()))
    damping = tuple(record["damping"]) if record.get("damping") else None
    changed = {"role": Role(record["role"]), "knobs": knobs, "damping": damping}
    return SourceSpec(**{**record, **changed})
