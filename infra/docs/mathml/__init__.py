"""TeX to MathML when the site is built, so that a page needs neither a script nor the network."""

from infra.docs.mathml.formula import formula

__all__ = ["formula"]
