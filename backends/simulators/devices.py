"""Recorded IBM devices by name, with their number of qubits, so that none is loaded to be listed.

They are those of ``qiskit_ibm_runtime.fake_provider``.
"""

from __future__ import annotations

from backends.simulators.device_model import is_key, size_of, snapshot_of

DEFAULT_DEVICE = "FakeManilaV2"
DEVICES = {
    "FakeAachen": 156,
    "FakeAlgiers": 27,
    "FakeAlmadenV2": 20,
    "FakeArmonkV2": 1,
    "FakeAthensV2": 5,
    "FakeAuckland": 27,
    "FakeBelemV2": 5,
    "FakeBerlin": 120,
    "FakeBoeblingenV2": 20,
    "FakeBogotaV2": 5,
    "FakeBoston": 156,
    "FakeBrisbane": 127,
    "FakeBrooklynV2": 65,
    "FakeBrussels": 127,
    "FakeBurlingtonV2": 5,
    "FakeCairoV2": 27,
    "FakeCambridgeV2": 28,
    "FakeCasablancaV2": 7,
    "FakeCusco": 127,
    "FakeEssexV2": 5,
    "FakeFez": 156,
    "FakeFractionalBackend": 5,
    "FakeGeneva": 27,
    "FakeGuadalupeV2": 16,
    "FakeHanoiV2": 27,
    "FakeJakartaV2": 7,
    "FakeJohannesburgV2": 20,
    "FakeKawasaki": 127,
    "FakeKingston": 156,
    "FakeKolkataV2": 27,
    "FakeKyiv": 127,
    "FakeKyoto": 127,
    "FakeLagosV2": 7,
    "FakeLimaV2": 5,
    "FakeLondonV2": 5,
    "FakeManhattanV2": 65,
    "FakeManilaV2": 5,
    "FakeMarrakesh": 156,
    "FakeMelbourneV2": 15,
    "FakeMiami": 120,
    "FakeMontrealV2": 27,
    "FakeMumbaiV2": 27,
    "FakeNairobiV2": 7,
    "FakeNighthawk": 120,
    "FakeOsaka": 127,
    "FakeOslo": 7,
    "FakeOurenseV2": 5,
    "FakeParisV2": 27,
    "FakePeekskill": 27,
    "FakePerth": 7,
    "FakePittsburgh": 156,
    "FakePoughkeepsieV2": 20,
    "FakePrague": 33,
    "FakeQuebec": 127,
    "FakeQuitoV2": 5,
    "FakeRochesterV2": 53,
    "FakeRomeV2": 5,
    "FakeSantiagoV2": 5,
    "FakeSherbrooke": 127,
    "FakeSingaporeV2": 20,
    "FakeStrasbourg": 127,
    "FakeSydneyV2": 27,
    "FakeTorino": 133,
    "FakeTorontoV2": 27,
    "FakeValenciaV2": 5,
    "FakeVigoV2": 5,
    "FakeWashingtonV2": 127,
    "FakeYorktownV2": 5,
}


def qubits_of(name: str) -> int:
    """Qubits of a recorded device, or of one that is named by the text of its calibration.

    Raises:
        ValueError: There is no such device.
    """
    if is_key(name):
        return size_of(snapshot_of(name))
    if name not in DEVICES:
        raise ValueError(f"no device: {name!r:.40}")
    return DEVICES[name]
