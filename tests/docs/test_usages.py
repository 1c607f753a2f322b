"""The usage lines of the pages name commands and options that there are."""

from __future__ import annotations

import re

import pytest

from qtwin.client.main import main
from tests.docs.fences import PAGES, fences

USAGES = [
    line
    for page in PAGES
    for fence in fences(page.name)
    if fence.language == "text"
    for line in fence.text.splitlines()
    if line.startswith("qtwin ")
]


@pytest.mark.parametrize("usage", USAGES)
def test_a_usage_is_that_of_the_command(usage: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = re.match(r"qtwin((?: [a-z]+)+)", usage)
    assert words is not None
    with pytest.raises(SystemExit) as left:
        main([*words[1].split(), "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert [option for option in re.findall(r"--[a-z-]+", usage) if option not in told] == []


def test_there_are_some() -> None:
    assert len(USAGES) >= 2
