"""Every wrong file is refused with its name, line and column, the value and what is allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qtwin.tables.data import read_data
from qtwin.tables.points import read_points
from qtwin.tables.refusal import FileRefused
from qtwin.tables.spec import read_spec
from tests.unit.tables.bad_files import BAD, Bad
from tests.unit.tables.files import COV, DATA, POINTS, SPEC, write

TEXTS = {"spec": json.dumps(SPEC, indent=1), "data": DATA, "cov": COV, "points": POINTS}


def changed(file: str, old: str, new: str | None) -> str | None:
    """The text of a file with its first ``old`` replaced; another text where there is no old."""
    if not old or new is None:
        return new
    assert old in TEXTS[file]
    return TEXTS[file].replace(old, new, 1)


def read(paths: dict[str, str]) -> None:
    spec = read_spec(paths["spec"])
    read_data(paths["data"], spec, covariances=paths["cov"])
    read_points(paths["points"], spec)


@pytest.mark.parametrize("bad", BAD)
def test_a_wrong_file_is_refused_where_it_is_wrong(tmp_path: Path, bad: Bad) -> None:
    file, old, new, place, sentence = bad
    paths = write(tmp_path, **{file: changed(file, old, new)})
    with pytest.raises(FileRefused) as caught:
        read(paths)
    assert sentence in str(caught.value)
    assert caught.value.field.startswith(paths[file])
    assert place in caught.value.field
    assert caught.value.line or not place
