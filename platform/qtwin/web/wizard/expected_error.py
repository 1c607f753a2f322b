"""How far a source may be off, as far as that is known before it runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.selection import Accuracy, accuracy
from backends.systems import System
from qtwin.web.numbers import significant
from qtwin.web.wizard.catalog import Offered
from qtwin.web.wizard.source_line import SourceLine

SAMPLED_METHODS = ("circuit", "trotter", "kicked", "ahs")
ERRORS = {
    Accuracy.EXACT: "None beyond the precision of the solver.",
    Accuracy.CONTROLLED: "A truncation, whose size it states with each number.",
    Accuracy.APPROXIMATE: "A bias whose size nobody knows before; the twin learns it.",
    Accuracy.NOISY: "The noise of a device, whose size nobody knows before; the twin learns it.",
}


def expected_error(offer: Offered) -> str:
    """What is known beforehand of how far its answers may be off, in a sentence."""
    kind = accuracy(offer.backend, offer.method, offer.settings)
    if offer.shots and kind is Accuracy.EXACT:
        return "Shot noise only."
    return ERRORS[kind]


def shot_noise(line: SourceLine, system: System, observables: Sequence[str]) -> str:
    """A bound on the noise of the shots where there is one.

    A mean of N shots in each measured basis of a quantity between two bounds errs by at most half
    their distance over the root of N.
    """
    shots, offer = line.shot_count, line.offer
    if not shots:
        return ""
    spec = next((one for one in system.observables if one.name in observables[:1]), None)
    bounded = spec is not None and spec.lower is not None and spec.upper is not None
    if not bounded or offer.method not in SAMPLED_METHODS or "+" in offer.backend:
        return "Shot noise is known after the run, and falls as 1/√shots."
    assert spec is not None
    assert spec.lower is not None
    assert spec.upper is not None
    most = (spec.upper - spec.lower) / 2 / float(np.sqrt(shots))
    return f"Shot noise of {spec.name} at most ±{significant(most, 2)}."
