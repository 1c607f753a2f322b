"""A world in which an agent was trained, as rows: its posterior, curve, policy, episode and report.

The numbers are those of small simulations (`tests.sweep`), made here and in no product.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.campaigns.api.input import read_campaign
from qtwin.campaigns.services import campaign_create
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_put
from qtwin.training.models import (
    Checkpoint,
    CurveRow,
    Evaluation,
    Loop,
    LoopRound,
    Policy,
    TrainingRun,
    TransferReport,
    World,
)
from qtwin.training.services.narrowing import fall_of
from qtwin.web.worlds.measuring import measuring_start
from qtwin.worlds.posterior import Posterior, dump_posterior
from tests import sweep

ATOMS, FEW = 5, 3
"""Of the world, and of the stages of its report, which is of many sweeps."""
DOCUMENT: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": sweep.array(ATOMS),
    "schedule": {
        "duration": sweep.END_US,
        "segments": 8,
        "controls": {
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -40, "upper": 60, "ends": [None, 60]},
        },
    },
    "goal": {"measure": "z2_probability"},
    "costs": {"time": 0, "energy": 0},
    "shots": 200,
}
FACTS: dict[str, Any] = {
    "steps": 8,
    "spaces": {
        "action": {"shape": [2], "lower": [-1.0, -1.0], "upper": [1.0, 1.0]},
        "observation": {"shape": [9], "lower": [None] * 9, "upper": [None] * 9},
    },
}


@cache
def posterior(draws: int = 800) -> Posterior:
    """Of the scale of a Rabi frequency and of readout, from 40 shots at each of 12 times.

    On a grid: ``P(r) = e + (1 - 2 e) sin(s Omega t / 2) ** 2``.
    """
    generator = np.random.default_rng(7)
    times = np.linspace(0.02, 0.4, 12)
    scales, errors = np.meshgrid(np.linspace(0.9, 1.1, 101), np.linspace(0.0, 0.1, 51))

    def chance(scale: Any, error: Any, time: float) -> Any:
        return error + (1 - 2 * error) * np.sin(scale * sweep.RABI * time / 2) ** 2

    log = np.zeros(scales.shape)
    for time in times:
        seen = generator.binomial(40, chance(0.97, 0.03, time))
        p = np.clip(chance(scales, errors, time), 1e-9, 1 - 1e-9)
        log += seen * np.log(p) + (40 - seen) * np.log(1 - p)
    weights = np.exp(log - log.max()).ravel()
    picked = generator.choice(weights.size, size=draws, p=weights / weights.sum())
    table = np.stack([scales.ravel()[picked], errors.ravel()[picked]], axis=1)
    return Posterior(
        names=("rabi_scale", "false_excited"),
        units=("dimensionless", "dimensionless"),
        draws=table,
        nominal=np.array([1.0, 0.0]),
    )


def world_of(project: Project, user: User, *, name: str = "Z2 order") -> World:
    """A control world that a worker has made."""
    kept = artifact_put(project=project, kind="posterior", data=dump_posterior(posterior()))
    now = timezone.now()
    return World.objects.create(
        project=project,
        name=name,
        kind="control",
        document=DOCUMENT,
        posterior=kept,
        facts=FACTS,
        digest="d" * 64,
        making_seconds=2.5,
        created_by=user,
        state="done",
        started_at=now,
        finished_at=now,
    )


def run_of(world: World, user: User, *, rows: int = 20, ended: bool = True) -> TrainingRun:
    """A run with so much of its curve, and a checkpoint."""
    ends = {"state": "done", "finished_at": timezone.now()} if ended else {"state": "running"}
    run = TrainingRun.objects.create(
        world=world,
        name="First try",
        learner={"kind": "cma_es", "policy": {"kind": "open_loop"}, "truths": 16},
        seed=5,
        evaluations=600,
        created_by=user,
        started_at=timezone.now(),
        **ends,
    )
    grow(run, rows)
    Checkpoint.objects.create(
        run=run,
        number=1,
        evaluations=run.used,
        seconds=run.seconds_used,
        rows=rows,
        artifact=artifact_put(project=world.project, kind="checkpoint", data=b"a checkpoint"),
    )
    return run


def grow(run: TrainingRun, rows: int) -> None:
    """Its curve up to so many rows."""
    known = run.curve.count()
    curve = sweep.curve(rows)
    for number, row in enumerate(curve[known:], known):
        CurveRow.objects.create(run=run, number=number, **row)
    run.used, run.seconds_used = int(curve[-1]["evaluations"]), curve[-1]["seconds"]
    run.best = curve[-1]["best"]
    run.save()


def policy_of(
    world: World,
    run: TrainingRun | None = None,
    *,
    data: bytes = b"policy",
    name: str = "cma_es 5",
) -> Policy:
    """What was learned."""
    facts = {"shape": {"steps": 8, "actions": 2}, "seed": 5, "training": {"evaluations": 600}}
    return Policy.objects.create(
        world=world,
        run=run,
        name=name,
        kind="open_loop",
        artifact=artifact_put(project=world.project, kind="policy", data=data),
        facts=facts,
    )


def evaluation_of(policy: Policy) -> Evaluation:
    """One episode that was played."""
    return Evaluation.objects.create(
        policy=policy,
        asked={"truth": "posterior", "draw": 3, "seed": 1, "episodes": 1},
        digest="1" * 64,
        answer={
            "steps": [
                {"observation": [], "action": [0.5, -0.25], "reward": 0.1 * step}
                for step in range(3)
            ],
            "return": 0.3,
            **sweep.rollout(ATOMS, slices=40),
        },
        state="done",
        finished_at=timezone.now(),
    )


def report_of(policy: Policy) -> TransferReport:
    """A report of sweeps of this chain: nominal, with other Rabi frequencies, and read with errors.

    The policy is a sweep of three microseconds, its baseline one of a third of that.
    """
    names = ("nominal", "randomised", "noisy")
    pairs = [(_stage(name, sweep.END_US), _stage(name, sweep.END_US / 3)) for name in names]
    stages = [{"name": name, **long} for name, (long, _) in zip(names, pairs, strict=True)]
    short = [
        {"name": name, "policy": "short sweep", **found}
        for name, (_, found) in zip(names, pairs, strict=True)
    ]
    first, last = stages[0], stages[-1]
    lost = first["value"] - last["value"]
    half = sum((row["upper"] - row["lower"]) / 2 for row in (first, last))
    ends = {"lower": lost - half, "upper": lost + half}
    won = [long["value"] - below["value"] for long, below in pairs]
    document = {
        "stages": stages,
        "baselines": short,
        "gap": {"from": names[0], "to": names[-1], "absolute": lost, **ends},
        "comparison": {
            "question": "Is the long sweep worth more than the short one?",
            "first": "Long sweep",
            "second": "short sweep",
            "measure": "Z2 probability, mean over stages",
            "test": "sign-flip permutation test of paired differences, two-sided",
            "registered_at": "2026-11-30T12:00:00+00:00",
            "seeds": [11, 12, 13],
            "effect": float(np.mean(won)),
            "lower": min(won),
            "upper": max(won),
            "p": 0.25,
            "significant": False,
        },
    }
    return TransferReport.objects.create(
        policy=policy,
        world=policy.world,
        asked={"stages": [*names, "held_out"], "episodes": 8, "seed": 0},
        document=document,
        state="running",
    )


def loop_of(report: TransferReport, user: User) -> Loop:
    """A loop in its second round, whose first one had this report and has measured."""
    world, run = report.world, report.policy.run
    assert run is not None
    plan = measuring_start(world.project)
    name, steps = read_campaign(plan)
    loop = Loop.objects.create(
        world=world,
        asked={
            "learner": run.learner,
            "seed": 5,
            "evaluations": 600,
            "seconds": None,
            "report": {**report.asked, "noise": {"rabi_scale": 0.97}, "qpu": None},
            "campaign": plan,
        },
        most_rounds=3,
        created_by=user,
        state="waiting",
        reason="It waits for a worker.",
    )
    campaign, _ = campaign_create(project=world.project, name=name, steps=steps, by=user)
    first, second = (_gap(report, share) for share in (1.0, 0.4))
    rows = LoopRound.objects
    rows.create(
        loop=loop, number=1, world=world, run=run, report=report, campaign=campaign, gap=first
    )
    anew = world_of(world.project, user, name=f"{world.name}, round 2")
    again = run_of(anew, user)
    later = report_of(policy_of(anew, again, name="round 2"))
    fall = fall_of(first, second)
    rows.create(loop=loop, number=2, world=anew, run=again, report=later, gap=second, fall=fall)
    return loop


def _gap(report: TransferReport, share: float) -> dict[str, Any]:
    """A share of the gap of a report, with the interval of the whole."""
    gap = report.document["gap"]
    off = (1 - share) * gap["absolute"]
    ends = {name: gap[name] - off for name in ("absolute", "lower", "upper")}
    return {**gap, **ends, "level": 0.95, "method": "Student's t"}


@cache
def _stage(name: str, end: float) -> dict[str, Any]:
    """Z2 probability of a sweep, with its mean and 95 % interval over eight truths."""
    generator = np.random.default_rng(11)
    scales = np.ones(8) if name == "nominal" else generator.normal(0.97, 0.02, 8)
    error = 0.03 if name == "noisy" else 0.0
    target = sum(1 << q for q in range(0, FEW, 2))
    values = []
    for scale in scales:
        times = np.linspace(0, end, 25)
        rabi = scale * sweep.RABI * np.clip(np.minimum(times, end - times) / 0.3, 0, 1)
        states = sweep.evolved(FEW, times, rabi, -40 + 100 * times / end)
        values.append(float(np.abs(states[-1, target]) ** 2) * (1 - error) ** FEW)
    mean, half = float(np.mean(values)), 2.36 * float(np.std(values)) / 8**0.5 + 0.002
    return {
        "value": mean,
        "lower": mean - half,
        "upper": mean + half,
        "episodes": 8,
        "shots": 200,
        "method": "Student's t",
    }
