"""Calibration: what a machine's measurements say of its Hamiltonian, noise and detection."""

from qtwin.worlds.calibration.calibrate import FULL, QUICK, Effort, calibrate
from qtwin.worlds.calibration.data import CalibrationData
from qtwin.worlds.calibration.drift import Drift, drifted
from qtwin.worlds.calibration.evidence import Block, NothingOfTheDevice, Row, calibration_data
from qtwin.worlds.calibration.parameters import calibratable, priors_of
from qtwin.worlds.calibration.priors import Prior, read_priors

__all__ = [
    "FULL",
    "QUICK",
    "Block",
    "CalibrationData",
    "Drift",
    "Effort",
    "NothingOfTheDevice",
    "Prior",
    "Row",
    "calibratable",
    "calibrate",
    "calibration_data",
    "drifted",
    "priors_of",
    "read_priors",
]
