"""A posterior as bytes, and what is none."""

from __future__ import annotations

import io

import numpy as np
import pytest

from qtwin.worlds.archive import pack
from qtwin.worlds.posterior import Posterior, dump_posterior, read_posterior

DRAWS = np.arange(6.0).reshape(3, 2)
POSTERIOR = Posterior(
    names=("a", "b"), units=("1", "us"), draws=DRAWS, nominal=np.ones(2), facts={"seed": 3}
)
META = {"kind": "posterior", "schema_version": 1, "names": ["a", "b"], "units": ["1", "us"]}


def test_it_is_read_as_it_was_written() -> None:
    blob = dump_posterior(POSTERIOR)
    assert blob == dump_posterior(POSTERIOR)
    read = read_posterior(blob)
    assert (read.names, read.units, dict(read.facts)) == (("a", "b"), ("1", "us"), {"seed": 3})
    assert np.array_equal(read.draws, DRAWS)
    assert np.array_equal(read.nominal, np.ones(2))
    assert read.column("b").tolist() == [1.0, 3.0, 5.0]
    with pytest.raises(KeyError, match="no parameter 'c'; allowed: a, b"):
        read.column("c")


def _npz(*, compressed: bool) -> bytes:
    stream = io.BytesIO()
    if compressed:
        np.savez_compressed(stream, draws=DRAWS)
    else:
        np.savez(stream, allow_pickle=True, draws=np.array([{}], dtype=object))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("blob", "says"),
    [
        (b"", "no posterior"),
        (dump_posterior(POSTERIOR)[:-30], "no posterior"),
        (_npz(compressed=True), "is compressed; allowed: as it is"),
        (_npz(compressed=False), "no posterior"),
        (pack({"kind": "policy", "schema_version": 1}, {}), "allowed: posterior"),
        (pack(META | {"schema_version": 2}, {}), "value 2; allowed: 1 to 1"),
        (pack(META | {"facts": {}}, {"draws": DRAWS}), "nominal"),
        (
            pack(META | {"facts": {}}, {"draws": np.ones((3, 5)), "nominal": np.ones(2)}),
            r"draws have shape \(3, 5\); allowed: \(S >= 1, 2\)",
        ),
        (
            pack(META | {"facts": {}}, {"draws": DRAWS * np.nan, "nominal": np.ones(2)}),
            "must be finite",
        ),
    ],
    ids=range(9),
)
def test_what_is_none_is_refused(blob: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_posterior(blob)
