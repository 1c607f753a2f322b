"""A circuit of one's own becomes a project by the Python of docs/own-circuit.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.docs.fences import blocks


@pytest.mark.slow
@pytest.mark.usefixtures("team")
def test_the_best_angles_of_the_page_are_those_of_one_layer(
    worked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(worked)
    session, *_ = blocks("own-circuit.md", "console")
    document = re.search(r"^\{\n.*?^\}\n", session, re.MULTILINE | re.DOTALL)
    assert document is not None
    (worked / "qaoa.json").write_text(document[0])
    (code,) = blocks("own-circuit.md", "python")
    names: dict[str, Any] = {}
    exec(compile(code, "docs/own-circuit.md", "exec"), names)
    best = names["best"]
    assert abs(best.value.mean - 3.0) < 3 * best.value.std
    assert best.position["gamma"].mean == pytest.approx(np.pi / 4, abs=0.2)
    assert best.position["beta"].mean == pytest.approx(np.pi / 8, abs=0.1)
