"""``make scale-model``: measure, simulate, and say what is full first."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.scale import report
from infra.scale.saturation import saturation
from infra.scale.service_times import ServiceTimes
from infra.scale.sizing import size
from infra.scale.workload import HERE, Prices, Workload


def main() -> None:
    given = _arguments()
    try:
        workload, prices = Workload.read(given.workload), Prices.read(given.prices)
        times = ServiceTimes.read(given.measured) if given.measured else measured(given.save)
    except (OSError, ValueError, TypeError) as error:
        raise SystemExit(f"scale-model: {error}") from None
    full = saturation(times, workload, seed=given.seed)
    sizing = size(times, workload, prices, seed=given.seed)
    if given.json:
        print(json.dumps(report.document(times, workload, full, sizing), indent=2))
    else:
        print(report.text(times, workload, full, sizing))


def measured(save: Path | None) -> ServiceTimes:
    """By a process of its own, which reads its settings for its own database."""
    with TemporaryDirectory(prefix="qtwin-scale-") as folder:
        out = save or Path(folder) / "times.json"
        done = subprocess.run(
            [sys.executable, "-m", "infra.scale.measuring", str(out)], check=False
        )
        if done.returncode:
            raise SystemExit(done.returncode)
        return ServiceTimes.read(out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make scale-model", description=__doc__)
    parser.add_argument("--workload", type=Path, default=HERE / "workload.toml")
    parser.add_argument("--prices", type=Path, default=HERE / "prices.toml")
    parser.add_argument("--measured", type=Path, help="service times of an earlier run")
    parser.add_argument("--save", type=Path, help="keep the service times in this file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
