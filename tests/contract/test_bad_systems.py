"""Bad systems are refused with a sentence that names the field, at once, and by loading only."""

from __future__ import annotations

import pytest

from backends import systems
from backends.errors import ProgramRejected
from tests.contract.bad_systems import BAD, RYDBERG, Bad
from tests.thread_seconds import least_thread_seconds

MOST_S = 0.1


@pytest.mark.parametrize("bad", BAD, ids=[name for name, _, _ in BAD])
def test_a_bad_system_is_refused_by_field_at_once(bad: Bad) -> None:
    _, document, field = bad
    refused: list[ProgramRejected] = []

    def refusal() -> None:
        with pytest.raises(ProgramRejected) as rejected:
            systems.load(document)
        refused.append(rejected.value)

    assert least_thread_seconds(refusal) < MOST_S
    assert refused[-1].field.startswith(field), f"{refused[-1].field}: {refused[-1]}"
    assert len(str(refused[-1])) > 20


def test_there_are_sixty_and_what_they_spoil_is_good() -> None:
    assert len({name for name, _, _ in BAD}) == len(BAD) >= 60
    assert systems.load(RYDBERG).kind == "rydberg_array"
