"""Post-selection: drop outcomes that no noise-free circuit can give.

Bonet-Monroig et al., Phys. Rev. A 98, 062339 (2018). What can be checked is read off the circuit
and the system (see `backends.mitigation.symmetry`), for each measurement basis. Groups whose basis
allows no check keep all their shots; where no group allows one, the backend refuses. The error is
that of the shots that are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backends.errors import ProgramRejected
from backends.mitigation.symmetry import checks
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique


class PostSelection(Technique):
    """No settings; the share of the shots that was kept is in the raw data."""

    name = "postselect"
    title = "symmetry post-selection"
    rank = 4
    mirrors = False

    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        for task in tasks:
            if task.groups and not any(checks(task, group) for group in task.groups):
                raise ProgramRejected(
                    "no outcome of these circuits can be told wrong by a symmetry; allowed: "
                    "circuits that conserve a parity or a number in a measured basis",
                    field="/system",
                )
        return inner.answers([replace(task, checked=True) for task in tasks])
