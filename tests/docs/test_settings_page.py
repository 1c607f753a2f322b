"""docs/settings.md has every variable that the server and its clients read, with its default."""

from __future__ import annotations

import re

from infra.docs.files import ROOT
from qtwin.config.settings import DATA_DIR, environment

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(QTWIN_\w+)` \| ([^|]+?) \| .*\|$", PAGE, re.MULTILINE))
NAME = re.compile(r"QTWIN_[A-Z]+(?:_[A-Z]+)*")


def test_every_variable_of_the_server_is_there_with_its_default() -> None:
    assert set(ROWS) == set(environment.asked)
    asked = environment.asked | {"QTWIN_DATA_DIR": ".qtwin"}
    shown = {name: text.replace(str(DATA_DIR), ".qtwin") for name, text in asked.items()}
    for name, written in ROWS.items():
        assert written in {f"`{shown[name]}`", "–" if not shown[name] else "", "needed"}, name
    assert {name for name, written in ROWS.items() if written == "needed"} == {
        "QTWIN_SECRET_KEY_FILE",
        "QTWIN_CREDENTIAL_KEY_FILE",
    }


def test_every_variable_that_the_code_names_is_there() -> None:
    files = [f for top in ("platform", "backends", "workers") for f in (ROOT / top).rglob("*.py")]
    named = {name for file in files for name in NAME.findall(file.read_text(encoding="utf-8"))}
    assert {name for name in named if f"`{name}`" not in PAGE} == set()
