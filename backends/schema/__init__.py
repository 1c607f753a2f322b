"""Values that cross the backend boundary: experiments in, results out.

Array shapes use ``P`` for points, ``C`` for controls, ``K`` for knobs and ``O`` for observables.
Everything here is immutable and has a JSON form that carries a schema version.
"""

from backends.schema.calibration import CalibrationSnapshot, GateCalibration, QubitCalibration
from backends.schema.cost import Cost
from backends.schema.experiment import Experiment
from backends.schema.knob import KnobKind, KnobLimit
from backends.schema.options import RunOptions
from backends.schema.provenance import Provenance
from backends.schema.result import Result
from backends.schema.shots import ShotBlock

__all__ = [
    "CalibrationSnapshot",
    "Cost",
    "Experiment",
    "GateCalibration",
    "KnobKind",
    "KnobLimit",
    "Provenance",
    "QubitCalibration",
    "Result",
    "RunOptions",
    "ShotBlock",
]
