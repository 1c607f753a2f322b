"""``make soak``: people and kills for half an hour; exits with 1 where a bar is missed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from infra.dev.options import ROOT
from tests.soak.run import soak


def main() -> None:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--kill-every", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, default=ROOT / "build" / "soak", metavar="FOLDER")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    verdict = soak(
        minutes=given.minutes, kill_every_s=given.kill_every, seed=given.seed, logs=given.logs
    )
    print(  # noqa: T201 - the output
        json.dumps(verdict.document(), indent=2) if given.json else verdict.text()
    )
    raise SystemExit(0 if verdict.good else 1)


if __name__ == "__main__":
    main()
