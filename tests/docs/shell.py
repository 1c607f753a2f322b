"""Blocks of shell, as far as a page needs them, played in this process."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

_FILE = re.compile(r"^cat > (\S+) <<'END'\n(.*?)^END\n", re.MULTILINE | re.DOTALL)


def play(
    block: str, folder: Path, *, qtwin: Callable[..., object], export: Callable[[str, str], None]
) -> None:
    """Write the files that ``cat`` writes, export, and call ``qtwin`` with each line's words.

    Raises:
        ValueError: The block does anything else, which only a real shell can do.
    """
    for name, text in _FILE.findall(block):
        (folder / name).write_text(text, encoding="utf-8")
    for line in _FILE.sub("", block).splitlines():
        program, *words = shlex.split(line)
        if program == "qtwin":
            qtwin(*words)
        elif program == "export":
            name, _, value = words[0].partition("=")
            export(name, value)
        else:
            raise ValueError(f"only a real shell can do this: {line}")
