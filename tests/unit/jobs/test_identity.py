"""Identities are put together from parts, and are digests of whole documents all the same."""

from __future__ import annotations

import numpy as np
import pytest

from backends.schema import Experiment
from qtwin.jobs.identity import digest, identities, point_document, source_document


@pytest.mark.parametrize("knobs", [(), ("gain", "Trotter steps")])
def test_identities_are_digests_of_their_documents(knobs: tuple[str, ...]) -> None:
    rng = np.random.default_rng(1)
    points = np.vstack([rng.normal(size=(3, 2)), [[-0.0, 1e300], [5.0, 1e-7]]])
    experiment = Experiment(
        system={"kind": "none"},
        method="a",
        controls=("\u03b8", 'a "b"'),
        points=points,
        knobs=knobs,
        knob_values=rng.normal(size=(5, len(knobs))),
        observables=("energy", "\u27e8Z\u27e9"),
    )
    source = digest(source_document(experiment, "zeros"))
    expected = [
        [
            digest({"source": source, "observable": name, **point_document(experiment, row)})
            for name in experiment.observables
        ]
        for row in range(len(points))
    ]
    assert identities(experiment, "zeros") == expected
