"""Pages of worlds: what they say, who may do what, and what is refused with its field."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.templates import TEMPLATES
from qtwin.training.models import Evaluation, Policy, TrainingRun, TransferReport, World
from qtwin.web.worlds.starts import start_of
from qtwin.worlds.documents import load
from qtwin.worlds.policies import OpenLoop, dump_policy
from qtwin.worlds.policies import Policy as LearnedPolicy
from tests import sweep, trained
from tests.unit.web.read import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(project: Project, user: User) -> World:
    return trained.world_of(project, user)


@pytest.fixture
def policy(world: World, user: User) -> Policy:
    return trained.policy_of(world, trained.run_of(world, user))


def test_a_world_is_listed_and_says_what_agents_do_in_it(
    signed_in: Client, world: World, project: Project
) -> None:
    assert f"/worlds/{world.pk}" in text(signed_in, "/worlds")
    assert f"/worlds/{world.pk}" in text(signed_in, f"/worlds?project={project.pk}")
    body = text(signed_in, f"/worlds/{world.pk}")
    assert "0 to 15.8 rad/µs" in body
    assert "free and 60</td>" in body
    assert "Goal measure</dt><dd>z2 probability" in body
    assert "An action</dt><dd>2 numbers from −1 to 1" in body
    assert "An observation</dt><dd>9 numbers</dd>" in body


def test_the_parameters_are_told_with_their_draws(signed_in: Client, world: World) -> None:
    body = text(signed_in, f"/worlds/{world.pk}")
    drawn = trained.posterior()
    mean, std = drawn.draws[:, 0].mean(), drawn.draws[:, 0].std()
    row = re.search(r'row">rabi scale</th><td class="num">([\d.]+) ± ([\d.]+)</td>', body)
    assert row is not None
    assert float(row[1]) == pytest.approx(mean, abs=0.1 * std)
    assert float(row[2]) == pytest.approx(std, rel=0.1)
    assert body.count('class="plot fluid spread"') == 2
    assert "800 draws" in body


def test_a_damaged_posterior_is_told(signed_in: Client, world: World) -> None:
    assert world.posterior is not None
    world.posterior.sha256 = "0" * 64
    world.posterior.save()
    assert "lost or damaged" in text(signed_in, f"/worlds/{world.pk}")


def test_what_is_wrong_with_a_document_is_told_at_its_field(
    signed_in: Client, project: Project, world: World
) -> None:
    address = f"/projects/{project.pk}/worlds"
    document = json.dumps({"kind": "chess"})
    refused = signed_in.post(address, {"name": "w", "document": document})
    assert refused.status_code == 400
    body = refused.content.decode()
    assert "<code>/document/kind</code>" in body
    assert "allowed: control, search, mitigation" in body
    assert "chess" in body
    refused = signed_in.post(address, {"name": "w", "document": "{,}"})
    assert "<code>/document</code>" in refused.content.decode()
    World.objects.filter(pk=world.pk).update(
        state="failed", reason="21 atoms; allowed: 12", field="/document/system"
    )
    body = text(signed_in, f"/worlds/{world.pk}")
    assert "<code>/document/system</code> 21 atoms" in body
    again = text(signed_in, f"/worlds?project={project.pk}&like={world.pk}")
    assert "z2_probability" in again


@pytest.mark.parametrize("kind", ["control", "search", "mitigation"])
def test_a_world_is_made_of_the_document_to_start_from(
    signed_in: Client, project: Project, kind: str
) -> None:
    body = text(signed_in, f"/worlds?project={project.pk}&start={kind}")
    document = json.dumps(start_of(project, kind))
    assert f'"kind": "{kind}"'.replace('"', "&quot;") in body
    made = signed_in.post(
        f"/projects/{project.pk}/worlds", {"name": kind, "document": document, "calibration": ""}
    )
    world = World.objects.get(kind=kind)
    assert made.headers["Location"] == f"/worlds/{world.pk}"
    assert world.document == start_of(project, kind)


@pytest.mark.parametrize(
    "name", ["h2", "ising-ring", "heisenberg", "rydberg-chain", "rydberg-square"]
)
def test_the_control_world_to_start_from_is_one_that_can_be_made(name: str) -> None:
    project = Project(system=TEMPLATES[name].system)
    assert load(start_of(project, "control")).steps == 8


def test_the_mitigation_world_to_start_from_is_of_the_point_with_most_gains(
    project: Project, measure: Callable[..., Measurement]
) -> None:
    control = project.controls.get()
    middle = {"source": "vqe-ideal", "point": [(control.lower + control.upper) / 2]}
    assert start_of(project, "mitigation")["device"] == middle
    measure("vqe-noisy", 0.5, -1.0, 0.02)
    for gain in (1, 3):
        row = measure("vqe-noisy", 0.7, -0.9, 0.01, knobs={"noise_gain": gain})
        Measurement.objects.filter(pk=row.pk).update(shots=400)
    measure("fci", 0.9, -1.1, 0.0)
    document = start_of(project, "mitigation")
    assert document["device"] == {
        "source": "vqe-noisy", "point": [0.7], "unit": "hartree", "deviation": 0.2,
    }  # fmt: skip


def test_an_episode_is_drawn_with_its_shots_and_truth(signed_in: Client, policy: Policy) -> None:
    played = trained.evaluation_of(policy)
    for address in (f"/worlds/{policy.world_id}", f"/policies/{policy.pk}"):
        body = text(signed_in, address)
        assert body.count('class="state-excited"') == trained.ATOMS
        assert "Probability of Z2" in body
        assert "Rabi scale, as it was" in body
        assert "200 shots at the end" in body
        assert '0.50, −0.25</td><td class="num">0.2</td><td class="num">0.3</td>' in body
    Evaluation.objects.filter(pk=played.pk).update(state="running", answer={}, finished_at=None)
    assert "Being played" in text(signed_in, f"/policies/{policy.pk}?evaluation={played.pk}")


def test_a_run_is_told_with_its_curve_budget_and_checkpoints(
    signed_in: Client, policy: Policy
) -> None:
    run = policy.run
    assert run is not None
    body = text(signed_in, f"/training-runs/{run.pk}")
    assert "120 of 600 episodes" in body
    assert 'class="band series-0"' in body
    assert "policy kind open_loop".replace("policy ", "") in body
    assert f"/policies/{policy.pk}" in body
    stamp = re.search(r'id="curve" data-live data-stamp="(\d+)"', body)
    assert stamp is not None
    assert stamp[1] == "20"
    assert f"{sweep.curve(20)[-1]['best']:.4g}" in body


def test_a_run_is_begun_and_cancelled(signed_in: Client, world: World) -> None:
    address = f"/worlds/{world.pk}/training-runs"
    refused = signed_in.post(address, {"kind": "cma_es", "hyperparameters": "{}"})
    assert refused.status_code == 400
    assert "<code>/evaluations</code>" in refused.content.decode()
    refused = signed_in.post(address, {"kind": "magic", "evaluations": "10"})
    assert "<code>/learner/kind</code>" in refused.content.decode()
    typed = {"kind": "cma_es", "evaluations": "100", "seed": "3", "hyperparameters": '{"truths":4}'}
    assert signed_in.post(address, typed).status_code == 302
    run = TrainingRun.objects.get()
    assert (run.learner, run.seed, run.evaluations) == ({"kind": "cma_es", "truths": 4}, 3, 100)
    body = text(signed_in, f"/training-runs/{run.pk}")
    assert "Nothing learned yet" in body
    assert "Cancel training" in body
    signed_in.post(f"/training-runs/{run.pk}:cancel")
    body = text(signed_in, f"/training-runs/{run.pk}")
    assert "Cancelled" in body
    assert "Cancel training" not in body


def policy_bytes(steps: int) -> bytes:
    shape = OpenLoop(steps=steps, actions=2)
    return dump_policy(LearnedPolicy(architecture=shape, parameters=np.zeros(2 * steps)))


def pickled() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, parameters=np.array([{"a": 1}], dtype=object))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a policy", "this is no policy for the world"),
        (pickled(), "this is no policy for the world"),
        (policy_bytes(3), "this is no policy for the world"),
        (b"0" * (2**20 + 1), "1,048,577 bytes; allowed: at most 1,048,576"),
        (None, "needed: the file of a policy"),
    ],
)
def test_a_file_that_is_no_policy_of_the_world_is_refused(
    signed_in: Client, world: World, data: bytes | None, said: str
) -> None:
    form: dict[str, Any] = {"name": "mine"}
    if data is not None:
        form["artifact"] = SimpleUploadedFile("policy.npz", data)
    refused = signed_in.post(f"/worlds/{world.pk}/policies", form)
    body = refused.content.decode()
    assert refused.status_code == 400
    assert said in body
    assert "Nothing was kept of that file." in body
    assert 'id="upload" open' in body
    assert 'value="mine"' in body
    assert not Policy.objects.exists()


def test_a_policy_is_uploaded_and_downloaded_again(signed_in: Client, world: World) -> None:
    data = policy_bytes(8)
    sent = {"name": "mine", "artifact": SimpleUploadedFile("policy.npz", data)}
    answer = signed_in.post(f"/worlds/{world.pk}/policies", sent)
    policy = Policy.objects.get()
    assert answer.headers["Location"] == f"/policies/{policy.pk}"
    assert "an upload" in text(signed_in, f"/policies/{policy.pk}")
    assert "uploaded" in text(signed_in, f"/worlds/{world.pk}")
    assert signed_in.get(f"/api/v1/policies/{policy.pk}/artifact").content == data


def test_an_episode_and_a_report_are_asked_for(signed_in: Client, policy: Policy) -> None:
    address = f"/policies/{policy.pk}"
    refused = signed_in.post(f"{address}:play", {"truth": "posterior", "episodes": "0"})
    assert refused.status_code == 400
    assert "<code>/episodes</code>" in refused.content.decode()
    signed_in.post(f"{address}:play", {"truth": "nominal", "seed": "4"})
    assert Evaluation.objects.get().asked["seed"] == 4
    refused = signed_in.post(f"{address}:transfer", {"stage": ["qpu"]})
    assert "<code>/qpu" in refused.content.decode()
    signed_in.post(f"{address}:transfer", {"stage": ["noisy", "nominal"], "episodes": "20"})
    assert TransferReport.objects.get().asked["stages"] == ["nominal", "noisy"]


def test_a_report_beside_earlier_policies_is_asked_for(
    signed_in: Client, policy: Policy, world: World, user: User
) -> None:
    older = trained.policy_of(world, trained.run_of(world, user), name="older")
    address = f"/policies/{policy.pk}"
    assert f'<option value="{older.pk}">' in text(signed_in, address)
    assert f'<option value="{policy.pk}">' not in text(signed_in, address)
    form: dict[str, Any] = {"stage": ["nominal", "randomised"], "episodes": "20"}
    asked = {**form, "earlier": ["", str(older.pk)], "changed": ["", "retraining"]}
    signed_in.post(f"{address}:transfer", asked)
    assert TransferReport.objects.get().asked["earlier"] == {"retraining": str(older.pk)}
    for earlier, changed, said in (
        ([str(older.pk)], [""], "needed: a policy with each change"),
        ([""], ["noise"], "needed: a policy with each change"),
        ([str(world.pk)], ["noise"], "allowed: the id of a policy of the project"),
        ([str(older.pk)] * 2, ["noise"] * 2, "each change once"),
    ):
        wrong = {**form, "earlier": earlier, "changed": changed}
        refused = signed_in.post(f"{address}:transfer", wrong)
        assert refused.status_code == 400, said
        assert "<code>/earlier" in refused.content.decode()
        assert said in refused.content.decode()
    assert 'id="earlier" open' in refused.content.decode()
    assert TransferReport.objects.count() == 1


def test_the_ladder_has_every_stage_beside_its_baseline(signed_in: Client, policy: Policy) -> None:
    report = trained.report_of(policy)
    body = text(signed_in, f"/transfer-reports/{report.pk}")
    assert body.count('class="rung series-0 first"') == 3
    assert body.count('class="rung series-7"') == 3
    assert "Still to come: Held-out twin version" in body
    stage: dict[str, Any] = report.document["stages"][2]
    row = re.search(r"<td>Noisy device model</td><td>the policy</td><td[^>]*>([\d.]+)</td>", body)
    assert row is not None
    assert float(row[1]) == pytest.approx(stage["value"], abs=(stage["upper"] - stage["lower"]) / 4)
    assert "From “Nominal twin” to “Noisy device model” it loses" in body
    assert "over 3 seeds, p = 0.25: no difference that was shown." in body


def test_a_viewer_reads_and_changes_nothing(
    client: Client, project: Project, policy: Policy, viewer: User
) -> None:
    client.force_login(viewer)
    body = text(client, f"/worlds/{policy.world_id}")
    assert "Train an agent" not in body
    assert "Hide this world" not in body
    assert "Evaluate</button>" not in text(client, f"/policies/{policy.pk}")
    world = policy.world_id
    for address in (
        f"/projects/{project.pk}/worlds",
        f"/worlds/{world}:hide",
        f"/worlds/{world}/training-runs",
        f"/worlds/{world}/policies",
        f"/policies/{policy.pk}:play",
        f"/policies/{policy.pk}:transfer",
        f"/policies/{policy.pk}:hide",
        f"/training-runs/{policy.run_id}:cancel",
    ):
        assert client.post(address).status_code == 404, address
