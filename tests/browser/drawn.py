"""What there is to draw besides the demo: a circuit that ran with shots, and calibrations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

BELL: dict[str, Any] = {
    "kind": "parametric_circuit",
    "schema_version": 1,
    "qasm": """OPENQASM 3.0;
include "stdgates.inc";
input float a;
qubit[3] q;
h q[0];
for int i in [0:29] { cx q[0], q[1]; cx q[1], q[2]; rz(a / 30) q[2]; }
""",
    "observables": [{"name": "zzz", "pauli": {"ZZZ": 1}}, {"name": "xxx", "pauli": {"XXX": 1}}],
    "controls": [{"name": "a", "label": "Angle", "unit": "rad", "lower": 0.0, "upper": 5.0}],
}
SHOTS = 1000


def make() -> dict[str, str]:
    """Ids of a project, of its job, and of the team."""
    from qtwin.jobs.services import JobSpec, job_submit
    from qtwin.projects.demo import H2, demo_seed
    from qtwin.projects.models import Preview
    from qtwin.projects.services import preview_ask, project_create, source_create
    from workers import preview
    from workers.step import step

    user, demo = demo_seed(H2)
    project = project_create(team=demo.team, name="Three qubits", system=BELL, by=user)
    source = source_create(
        project=project, by=user, name="s", role="device", backend="cirq", method="circuit"
    )
    points = [[0.0], [1.5]]
    spec = JobSpec(source=source, points=points, observables=["zzz", "xxx"], shots=SHOTS, seed=1)
    job = job_submit(project=project, spec=spec, by=user)
    step(str(job.pk), owner="test")
    asked: Preview = preview_ask(project.system)
    preview.make(str(asked.pk))
    _calibrations(demo.team)
    return {"project": str(project.pk), "job": str(job.pk), "team": str(demo.team_id)}


def _calibrations(team: Any) -> None:
    from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
    from qtwin.jobs.services import calibration_learn

    qubits = {
        q: QubitCalibration(t1_s=1e-4 + 1e-6 * q, reads_1_of_0=0.01, reads_0_of_1=0.01 + 0.001 * q)
        for q in range(30)
    }
    edges = [(q, q + 1) for q in range(29) if q % 10 != 9] + [(q, q + 10) for q in range(20)]
    gates = [GateCalibration(name="cz", qubits=e, error=0.004 * 1.1 ** e[0]) for e in edges]
    gates.append(GateCalibration(name="cz", qubits=(9, 10), error=1.0))
    gates.append(GateCalibration(name="sx", qubits=(29,), error=1.0))
    taken = datetime(2026, 11, 1, tzinfo=UTC)
    for device, said in (
        ("grid", {"qubits": qubits, "gates": tuple(gates)}),
        ("quera/Aquila", {"facts": {"lattice.positionErrorAbs": 1e-7}}),
    ):
        snapshot = CalibrationSnapshot(device=device, identifier=device, taken_at=taken, **said)
        calibration_learn(team=team, backend="braket", snapshot=snapshot)
