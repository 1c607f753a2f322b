"""Prints shell assignments that give uv the package indexes which pip is configured for.

uv does not read pip's configuration. Values are read when this runs and written nowhere; variables
of uv that are already set win. Runs before anything is installed.
"""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys

TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
COMMA_SEPARATED = {"UV_FIND_LINKS"}


def pip_settings(listing: str) -> dict[str, str]:
    """The values of ``pip config list`` by bare name; the environment is listed first and wins."""
    found: dict[str, str] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in {":env:", "global", "install"}:
            found.setdefault(key, str(ast.literal_eval(value)))
    return found


def for_uv(settings: dict[str, str]) -> dict[str, str]:
    """What uv has to be told."""
    given = {}
    for key, variable in TO_UV.items():
        if key in settings and variable not in os.environ:
            values = settings[key].split()
            given[variable] = ("," if variable in COMMA_SEPARATED else " ").join(values)
    if "UV_INDEX" in given:  # as pip does: any index may answer, the hashes decide
        given["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return given


def main() -> None:
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for name, value in for_uv(pip_settings(listing.stdout)).items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
