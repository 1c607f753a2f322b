"""Every write to worlds and to what is trained in them."""

from qtwin.training.services.classifier import classifier_create
from qtwin.training.services.evaluation import evaluation_ask
from qtwin.training.services.lease import (
    WorkLost,
    work_cancel,
    work_claim,
    work_end,
    work_keep,
    work_renew,
    work_rest,
    work_wants_cancel,
)
from qtwin.training.services.loop import loop_create
from qtwin.training.services.policy import policy_delete, policy_receive
from qtwin.training.services.report import report_create
from qtwin.training.services.run import run_create
from qtwin.training.services.world import NotReady, TooMany, world_create, world_delete

__all__ = [
    "NotReady",
    "TooMany",
    "WorkLost",
    "classifier_create",
    "evaluation_ask",
    "loop_create",
    "policy_delete",
    "policy_receive",
    "report_create",
    "run_create",
    "work_cancel",
    "work_claim",
    "work_end",
    "work_keep",
    "work_renew",
    "work_rest",
    "work_wants_cancel",
    "world_create",
    "world_delete",
]
