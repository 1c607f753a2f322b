"""Formulas of the documentation become MathML, or end the build."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from infra.docs.mathml import formula
from infra.docs.mathml.tokens import UnknownTex


def shown(tex: str) -> str:
    """The MathML of a formula without its attributes."""
    inner = re.sub(r"^<math[^>]*>|</math>$", "", formula(tex))
    return re.sub(r"<(\w+) [^>]*?(/?)>", r"<\1\2>", inner)


def test_scripts_fractions_and_roots_nest() -> None:
    assert shown("x_i^2") == "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"
    assert shown(r"\frac{a}{\sqrt{5}}") == "<mfrac><mi>a</mi><msqrt><mn>5</mn></msqrt></mfrac>"
    assert shown(r"\sum_{i \in s} w") == (
        "<mrow><munder><mo>∑</mo><mrow><mi>i</mi><mo>∈</mo><mi>s</mi></mrow></munder><mi>w</mi></mrow>"
    )


def test_words_keep_their_blanks_and_signs_are_escaped() -> None:
    assert shown(r"\text{if } a < b") == (
        "<mrow><mtext>if\u00a0</mtext><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"
    )


def test_a_minus_is_a_sign_or_an_operation() -> None:
    assert '<mo form="prefix">−</mo>' in formula(r"\exp(-x)")
    assert "prefix" not in formula("a - x")


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{aligned} a &= b + c \\ d &= \left( e \right) \end{aligned}",
        r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
        r"\mathcal{GP}(0, k) \quad \hat{f} \sim \operatorname{clip}(\infty)",
    ],
)
def test_what_comes_out_is_well_formed(tex: str) -> None:
    root = ElementTree.fromstring(formula(tex, block=True))
    assert root.get("display") == "block"
    assert root.get("alttext") == tex


@pytest.mark.parametrize(
    "tex", [r"\unheard{x}", "{x", "x}", r"\left( x", r"\begin{matrix}\end{matrix}", "x^"]
)
def test_a_formula_that_cannot_be_shown_is_refused(tex: str) -> None:
    with pytest.raises(UnknownTex):
        formula(tex)
