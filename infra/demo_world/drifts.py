"""How the machine changes from run to run, by the public specification of QuEra's Aquila.

Amazon Braket publishes it with the device's properties (`rydbergGlobal` and `lattice` of its
performance, schema ``braket.device_schema.quera.quera_ahs_paradigm_properties``): root mean squares
in SI units, here in rad/us and um.
"""

from __future__ import annotations

from qtwin.worlds.calibration import Drift

PROPERTIES = "device properties of QuEra Aquila on Amazon Braket"
DRIFTS = {
    "rabi_scale": Drift(std=0.02, source=f"{PROPERTIES}: rabiFrequencyGlobalErrorRel 0.02"),
    "detuning_offset": Drift(
        std=1.0, unit="rad/us", source=f"{PROPERTIES}: detuningError 1e6 rad/s"
    ),
    "site_detuning": Drift(
        std=1.0, unit="rad/us", held=True, source=f"{PROPERTIES}: detuningInhomogeneity 1e6 rad/s"
    ),
    "position_jitter": Drift(
        std=0.1, unit="um", held=True, source=f"{PROPERTIES}: sitePositionError 0.1 um"
    ),
}
