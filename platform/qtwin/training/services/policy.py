"""Policies: kept when a run is done or when somebody sends one; hidden when not wanted."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from backends.errors import ProgramRejected
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.services import artifact_put
from qtwin.training.limits import POLICY_BYTES
from qtwin.training.models import Policy, TrainingRun, World
from qtwin.training.services.world import NotReady
from qtwin.training.states import State
from qtwin.twins.models import TwinVersion
from qtwin.worlds.policies import read_policy

POLICY = "policy"
"""Kind of their artifacts."""
ENDS = 6
"""Digits of an id that make a name its own."""


@transaction.atomic
def policy_keep(
    *,
    world: World,
    name: str,
    kind: str,
    data: bytes,
    facts: Mapping[str, Any],
    by: User | None,
    run: TrainingRun | None = None,
    twin_version: TwinVersion | None = None,
) -> Policy:
    """Keep a policy whose bytes were checked; a name that is taken gets the end of its id."""
    policy = Policy(
        world=world,
        run=run,
        name=name,
        kind=kind,
        artifact=artifact_put(project=world.project, kind=POLICY, data=data),
        facts=dict(facts),
        twin_version=twin_version,
        created_by=by,
    )
    if Policy.objects.filter(world=world, name=name, deleted_at=None).exists():
        policy.name = f"{name[:100]} {str(policy.pk)[-ENDS:]}"
    policy.save(force_insert=True)
    return policy


def policy_receive(*, world: World, name: str, data: bytes, by: User | None) -> Policy:
    """Keep a policy that somebody sends, once its bytes have been checked.

    Raises:
        ProgramRejected: They are no policy, or none for this world; or the name is taken.
        NotReady: The world is not made, so that nobody knows what fits it.
    """
    if world.state != State.DONE:
        raise NotReady(f"the world is {world.state}; needed: a world that is done")
    if len(data) > POLICY_BYTES:
        raise ProgramRejected(f"{len(data)} bytes; allowed: at most {POLICY_BYTES}")
    if Policy.objects.filter(world=world, name=name, deleted_at=None).exists():
        raise ProgramRejected(f"there is a policy {name!r}; allowed: another name", field="?name")
    try:
        found = read_policy(data)
        found.check_fits(_spaces(world))
    except ValueError as error:
        raise ProgramRejected(f"this is no policy for the world: {error}") from error
    told = found.provenance
    facts = {
        "policy": found.kind,
        "parameters": found.architecture.size,
        "shape": found.architecture.shape(),
        "learner": dict(told.learner),
        "seed": told.seed,
        "said": {"world": told.world[:64], "twin_version": told.twin_version[:64]},
    }
    with transaction.atomic():
        policy = policy_keep(world=world, name=name, kind=found.kind, data=data, facts=facts, by=by)
        audit_record(
            action="policy.upload",
            user=by,
            team=world.project.team,
            target=f"policy:{policy.pk}",
        )
    return policy


def _spaces(world: World) -> Any:
    """What a policy is checked against, from what the world's maker found."""
    spaces = {
        f"{name}_space": SimpleNamespace(shape=tuple(told["shape"]))
        for name, told in world.facts["spaces"].items()
    }
    return SimpleNamespace(kind=world.kind, steps=world.facts["steps"], **spaces)


@transaction.atomic
def policy_delete(*, policy: Policy, by: User | None) -> None:
    """Hide it; its artifact and its reports are kept."""
    if Policy.objects.filter(pk=policy.pk, deleted_at=None).update(deleted_at=Now()):
        audit_record(
            action="policy.delete",
            user=by,
            team=policy.world.project.team,
            target=f"policy:{policy.pk}",
        )
