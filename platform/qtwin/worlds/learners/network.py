"""Networks of stable-baselines3 as numbers of ours, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.learners.optimiser import Arrays
from qtwin.worlds.policies.architecture import Mlp


def layers_of(model: Any) -> list[Any]:
    """Linear layers of the part that acts, first to last."""
    import torch

    policy = model.policy
    if hasattr(policy, "actor"):
        parts = [*policy.actor.latent_pi, policy.actor.mu]
    else:
        parts = [*policy.mlp_extractor.policy_net, policy.action_net]
    return [part for part in parts if isinstance(part, torch.nn.Linear)]


def parameters_of(model: Any) -> FloatArray:
    """The acting part as the parameters of an ``mlp``, shape ``(dim,)``."""
    numbers = []
    for layer in layers_of(model):
        numbers += [layer.weight.detach().numpy().T.ravel(), layer.bias.detach().numpy()]
    return np.concatenate(numbers).astype(np.float64)


def set_parameters(model: Any, architecture: Mlp, parameters: FloatArray) -> None:
    """Give the acting part the parameters of an ``mlp``, in single precision."""
    import torch

    pairs = zip(layers_of(model), architecture.layers(parameters[None, :]), strict=True)
    with torch.no_grad():
        for layer, (weights, offsets) in pairs:
            layer.weight.copy_(torch.as_tensor(weights[0].T.copy()))
            layer.bias.copy_(torch.as_tensor(offsets[0, 0].copy()))


def state_of(model: Any) -> Arrays:
    """All networks, and the moments of their optimisers."""
    tensors = [t.detach().numpy().ravel() for t in model.policy.state_dict().values()]
    state: Arrays = {"networks": np.concatenate(tensors).astype(np.float64)}
    for place, adam in enumerate(_optimisers(model)):
        moments = [
            np.concatenate(
                [
                    np.atleast_1d(float(entry["step"])),
                    entry["exp_avg"].numpy().ravel(),
                    entry["exp_avg_sq"].numpy().ravel(),
                ]
            )
            for entry in adam.state_dict()["state"].values()
        ]
        state[f"adam_{place}"] = np.concatenate([*moments, np.empty(0)]).astype(np.float64)
    return state


def set_state(model: Any, state: Arrays) -> None:
    """Put back what ``state_of`` took.

    Raises:
        ValueError: It is that of other networks.
    """
    import torch

    names = model.policy.state_dict()
    model.policy.load_state_dict(_cut(state.get("networks"), names))
    for place, adam in enumerate(_optimisers(model)):
        moments = state.get(f"adam_{place}")
        if moments is None or not len(moments):
            continue
        likes: dict[str, Any] = {}
        tensors = [p for group in adam.param_groups for p in group["params"]]
        for number, tensor in enumerate(tensors):
            likes |= {
                f"{number}.step": torch.zeros(1),
                f"{number}.exp_avg": tensor,
                f"{number}.exp_avg_sq": tensor,
            }
        found = _cut(moments, likes)
        whole = adam.state_dict()
        whole["state"] = {
            number: {
                "step": found[f"{number}.step"].reshape(()),
                "exp_avg": found[f"{number}.exp_avg"],
                "exp_avg_sq": found[f"{number}.exp_avg_sq"],
            }
            for number in range(len(tensors))
        }
        adam.load_state_dict(whole)


def _optimisers(model: Any) -> list[Any]:
    if hasattr(model, "critic"):
        return [model.actor.optimizer, model.critic.optimizer]
    return [model.policy.optimizer]


def _cut(numbers: FloatArray | None, likes: dict[str, Any]) -> dict[str, Any]:
    """One vector as tensors of the shapes of others."""
    import torch

    size = sum(tensor.numel() for tensor in likes.values())
    if numbers is None or numbers.shape != (size,):
        raise ValueError(f"/state: allowed: {size} numbers of networks of this size")
    found, at = {}, 0
    for name, tensor in likes.items():
        cut = numbers[at : at + tensor.numel()]
        found[name] = torch.as_tensor(cut.copy(), dtype=tensor.dtype).reshape(tensor.shape)
        at += tensor.numel()
    return found
