"""A world and its loop."""

from __future__ import annotations

import pytest

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.training.models import Loop, World
from qtwin.training.services import (
    loop_create,
)
from tests import trained
from tests.unit.training.loops.rounds import (
    ASKED,
)


@pytest.fixture
def world(project: Project, user: User) -> World:
    return trained.world_of(project, user)


@pytest.fixture
def loop(world: World, user: User) -> Loop:
    return loop_create(world=world, by=user, **ASKED)
