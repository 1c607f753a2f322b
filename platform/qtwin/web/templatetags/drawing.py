"""Drawings in templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict

from qtwin.projects.selectors import preview_answer
from qtwin.web.circuits import CIRCUIT, Circuit, circuit_of
from qtwin.web.drawings import Drawn, drawn_system

register = template.Library()

register.simple_tag(drawn_system)


@register.simple_tag(takes_context=True)
def drawn_circuit(context: Mapping[str, Any], document: Mapping[str, Any]) -> Circuit | None:
    """The circuit of a system document; None of other systems, and while a worker reads it."""
    if document.get("kind") != CIRCUIT:
        return None
    request = context.get("request")
    if request is None:
        return circuit_of(document, QueryDict())
    user = request.user if request.user.is_authenticated else None
    return circuit_of(document, request.GET, by=user)


@register.simple_tag
def words_known(document: Mapping[str, Any], drawn: Drawn) -> int | None:
    """Number of terms of a Hamiltonian that a worker wrote out; None where the drawing says it."""
    said = any(name == "Terms" for name, _ in drawn.figure.facts)
    return None if said else preview_answer(document).get("count")
