"""``qtwin fuse``: many sources, one truth, from files to files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from qtwin.client.wrong import WrongInput
from qtwin.fusion.threads import one_thread

_MOST_SEED = 2**32 - 1


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("fuse", help="fit measurements of many sources, and predict")
    add_evidence(parser)
    parser.add_argument("--at", required=True, metavar="POINTS.csv", help="where to predict")
    parser.add_argument("--out", metavar="PREDICTIONS.csv", help="a table is printed without it")
    parser.add_argument("--plot", metavar="F.svg", help="draw the curve with its band")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.set_defaults(run=run)


def add_evidence(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what was measured, and by what."""
    parser.add_argument("data", metavar="DATA.csv", help="source, controls, knobs, value, std, …")
    parser.add_argument(
        "--spec", required=True, metavar="SPEC.json", help="controls, observable and sources"
    )
    parser.add_argument("--cov", metavar="COV.csv", help="covariances of rows that share shots")
    parser.add_argument("--seed", type=_seed, default=0, metavar="S", help="0 by default")


def run(given: argparse.Namespace) -> None:
    """Fit, predict, write and print.

    Raises:
        WrongInput: An argument is wrong.
        FileRefused: A file is wrong.
    """
    for flag in ("out", "plot"):
        _check_writable(getattr(given, flag), f"--{flag}")
    one_thread()
    from qtwin.tables.data import read_data  # these need numpy and more: only when they are asked
    from qtwin.tables.fuse import fuse
    from qtwin.tables.points import read_points
    from qtwin.tables.predictions import to_csv
    from qtwin.tables.spec import read_spec

    spec = read_spec(given.spec)
    data = read_data(given.data, spec, covariances=given.cov)
    points = read_points(given.at, spec)
    fused = fuse(spec, data, points, seed=given.seed)
    if given.out:
        write(given.out, to_csv(fused.table), "--out")
    if given.plot:
        from qtwin.tables.figure.page import draw

        write(given.plot, draw(fused), "--plot")
    _print(given, fused)


def _print(given: argparse.Namespace, fused: Any) -> None:
    from qtwin.tables.predictions import to_rows
    from qtwin.tables.report import predictions, report
    from qtwin.tables.summary import summary

    document = summary(fused)
    if given.as_json:
        document |= {"out": given.out} if given.out else {"predictions": to_rows(fused.table)}
        print(json.dumps(document, indent=2, allow_nan=False))  # noqa: T201
        return
    if not given.out:
        print(predictions(fused.table, fused.spec), end="\n\n")  # noqa: T201
    print(report(document))  # noqa: T201


def write(name: str, text: str, flag: str) -> None:
    """Write a file.

    Raises:
        WrongInput: It cannot be written.
    """
    try:
        Path(name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"{name}: {error.strerror}", field=flag) from error


def _check_writable(name: str | None, flag: str) -> None:
    """Refuse before minutes of fitting what could not be written after."""
    if name is None:
        return
    path = Path(name)
    if path.is_dir() or not path.parent.is_dir():
        raise WrongInput(f"{name!r}; allowed: a file in a folder that exists", field=flag)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_SEED:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: whole numbers from 0 to {_MOST_SEED}")
    return int(text)
