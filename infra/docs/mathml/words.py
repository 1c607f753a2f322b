"""The commands of TeX that formulas in docs/ may use; any other one ends the build."""

from __future__ import annotations

from typing import Final

_SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
_GREAT = "Gamma Delta Theta Lambda Sigma Phi Omega"
LETTERS: Final = {
    **dict(zip(_SMALL.split(), "αβγδεζηθικλμνξπρστ", strict=True)),
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "ell": "ℓ",
    "hbar": "ℏ",
}
UPRIGHT: Final = {
    **dict(zip(_GREAT.split(), "ΓΔΘΛΣΦΩ", strict=True)),
    "infty": "∞",
    "partial": "∂",
}
OPERATORS: Final = {
    "cdot": "·",
    "times": "×",
    "pm": "±",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "approx": "≈",
    "sim": "∼",
    "propto": "∝",
    "in": "∈",
    "to": "→",
    "mid": "|",
    "dots": "…",
    "cdots": "⋯",
    "top": "⊤",
    "dagger": "†",
    "otimes": "⊗",
    "langle": "⟨",
    "rangle": "⟩",
    "lVert": "‖",
    "rVert": "‖",
    "vert": "|",
    "{": "{",
    "}": "}",
}
LARGE: Final = {"sum": "∑", "prod": "∏", "int": "∫"}
FUNCTIONS: Final = ("exp", "log", "ln", "sin", "cos", "tan", "min", "max", "det")
SPACES: Final = {",": "0.17em", ";": "0.28em", " ": "0.25em", "quad": "1em", "qquad": "2em"}
ACCENTS: Final = {"hat": "^", "bar": "¯", "tilde": "~"}
FENCES: Final = "()[]|⟨⟩{}‖"
