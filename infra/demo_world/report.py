"""The report: what was learnt, what each policy is worth on each stage, and the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from infra.demo_world.chain import ATOMS, DURATION, PATTERN, WORLD
from infra.demo_world.machine import SHOTS
from infra.demo_world.policies import LINEAR, NOMINAL, RANDOMISED, SEARCHED, Played
from infra.demo_world.registered import registration
from qtwin.worlds.posterior import Posterior
from qtwin.worlds.transfer.comparison import compare
from qtwin.worlds.transfer.intervals import Interval, bootstrap, student, wilson
from qtwin.worlds.transfer.stage import interval_document

SMALL = 0.01
"""A difference that was registered as too small to matter."""
POLICIES = (LINEAR, SEARCHED, NOMINAL, RANDOMISED)
COMPARED = (NOMINAL, RANDOMISED)


def document(
    posterior: Posterior,
    world: Posterior,
    found: Sequence[Played],
    counted: dict[str, int],
    *,
    quick: bool,
) -> dict[str, Any]:
    """Plain JSON; a quick run has no comparison."""
    by_title = {
        title: sorted((p for p in found if p.title == title), key=lambda p: p.seed)
        for title in POLICIES
    }
    return {
        "world": WORLD,
        "pattern": PATTERN,
        "atoms": ATOMS,
        "duration_us": DURATION,
        "evidence": {"measurements": counted, **posterior.facts["evidence"]},
        "posterior": _posterior(posterior),
        "drift": world.facts["drift"],
        "diagnostics": posterior.facts["diagnostics"],
        "fit": posterior.facts["fit"],
        "discrepancy": posterior.facts["discrepancy"],
        "stages": {title: _stages(played) for title, played in by_title.items()},
        "comparison": None if quick else _comparison(by_title),
        "policies": [_policy(played) for played in found],
        "quick": quick,
    }


def sentences(report: dict[str, Any]) -> list[str]:
    """One for each result."""
    rows, used = report["posterior"], report["evidence"]
    told = [
        f"Learnt from {used['shots']} shots at {used['settings']} settings of "
        f"{', '.join(used['sources'])}; {sum(used['left_out'].values())} rows of sources that do "
        "not see the device were not used.",
        "Posterior: "
        + ", ".join(f"{r['name']} {r['mean']:.3g} ± {r['std']:.2g}" for r in rows)
        + f"; discrepancy {report['discrepancy']['quantiles']['0.5']:.1g} of a density.",
    ]
    for stage in ("nominal", "randomised", "noisy"):
        told.append(_beating(report, stage))
    if report["comparison"]:
        told.append(_verdict(report["comparison"]))
    told.append(f"All of it took {report['seconds']['all']:.0f} s.")
    return told


def _beating(report: dict[str, Any], stage: str) -> str:
    worth = {title: report["stages"][title][stage] for title in POLICIES}
    sweep = worth[LINEAR]
    beaten = [title for title in COMPARED if worth[title]["lower"] > sweep["upper"]]
    shown = ", ".join(f"{title} {_shown(worth[title])}" for title in COMPARED)
    verb = {2: "Both beat", 1: f"Only {''.join(beaten)} beats", 0: "Neither beats"}[len(beaten)]
    return f"On the {stage} stage: {shown}. {verb} the linear sweep, {_shown(sweep)}."


def _verdict(found: dict[str, Any]) -> str:
    lost = f"{found['effect']:+.4f} ({found['lower']:+.4f} to {found['upper']:+.4f})"
    rule = f"p = {found['p']:.3f}, g_z = {found['standardised'] or 0:.2f}"
    if not found["significant"]:
        verdict = "no difference was found"
    elif abs(found["effect"]) < SMALL:
        verdict = f"a difference, but below {SMALL:g}, which was registered as too small to matter"
    else:
        better = "randomised" if found["effect"] > 0 else "nominal"
        verdict = f"the {better} policy loses less"
    return (
        f"Registered comparison over {len(found['seeds'])} seeds: the nominal policy loses {lost} "
        f"more in transfer than the randomised one; {rule}: {verdict}."
    )


def _shown(stage: dict[str, Any]) -> str:
    return f"{stage['value']:.3f} ({stage['lower']:.3f} to {stage['upper']:.3f})"


def _posterior(posterior: Posterior) -> list[dict[str, Any]]:
    lower, upper = np.quantile(posterior.draws, [0.05, 0.95], axis=0)
    return [
        {
            "name": name,
            "unit": unit,
            "mean": float(posterior.mean()[i]),
            "std": float(posterior.draws[:, i].std()),
            "lower_90": float(lower[i]),
            "upper_90": float(upper[i]),
            "prior": posterior.facts["priors"][name],
        }
        for i, (name, unit) in enumerate(zip(posterior.names, posterior.units, strict=True))
    ]


def _stages(played: Sequence[Played]) -> dict[str, Any]:
    """Of one kind of policy: over its seeds, or of the one schedule that the sweep is."""
    if len(played) == 1:
        return _alone(played[0])
    nominal = student(np.array([p.nominal for p in played]))
    there = student(np.array([np.mean(p.randomised) for p in played]))
    read = student(np.array([np.mean(p.read) for p in played]))
    noisy = student(np.array([_share(p) for p in played]))
    many = f"{len(played)} seeds"
    return {
        "nominal": _told(nominal, many),
        "randomised": _told(there, f"{many}, {len(played[0].randomised)} truths"),
        "randomised_read": _told(read, f"{many}, {len(played[0].read)} truths"),
        "noisy": _told(noisy, f"{many}, {len(played[0].counts)} days of {SHOTS} shots"),
    }


def _alone(played: Played) -> dict[str, Any]:
    exact = Interval(
        value=played.nominal, lower=played.nominal, upper=played.nominal, method="exact"
    )
    shots = len(played.counts) * SHOTS
    return {
        "nominal": _told(exact, "one schedule"),
        "randomised": _told(bootstrap(np.array(played.randomised)), "one schedule"),
        "randomised_read": _told(bootstrap(np.array(played.read)), "one schedule"),
        "noisy": _told(wilson(sum(played.counts), shots), f"{len(played.counts)} days"),
    }


def _told(interval: Interval, of: str) -> dict[str, Any]:
    return {**interval_document(interval), "of": of}


def _share(played: Played) -> float:
    return sum(played.counts) / (len(played.counts) * SHOTS)


def _comparison(by_title: dict[str, list[Played]]) -> dict[str, Any]:
    nominal, randomised = (
        {p.seed: p.nominal - _share(p) for p in by_title[title]} for title in (NOMINAL, RANDOMISED)
    )
    return compare(registration(), nominal, randomised).to_dict()


def _policy(played: Played) -> dict[str, Any]:
    return {
        "title": played.title,
        "seed": played.seed,
        "nominal": played.nominal,
        "randomised": float(np.mean(played.randomised)),
        "randomised_read": float(np.mean(played.read)),
        "noisy": _share(played),
        "counts": played.counts,
        "loss": played.nominal - _share(played),
        "schedule": played.schedule,
    }
