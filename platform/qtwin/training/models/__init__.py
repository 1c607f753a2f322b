"""Tables of worlds and of what is trained in them."""

from qtwin.training.models.classifier import Classifier
from qtwin.training.models.evaluation import Evaluation
from qtwin.training.models.loop import Loop, LoopRound
from qtwin.training.models.policy import Policy
from qtwin.training.models.report import TransferReport
from qtwin.training.models.run import Checkpoint, CurveRow, TrainingRun
from qtwin.training.models.work import Work
from qtwin.training.models.world import World

__all__ = [
    "Checkpoint",
    "Classifier",
    "CurveRow",
    "Evaluation",
    "Loop",
    "LoopRound",
    "Policy",
    "TrainingRun",
    "TransferReport",
    "Work",
    "World",
]
