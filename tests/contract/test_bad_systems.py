"""Bad systems are refused with a sentence that names the field, at once, and by loading only."""

from __future__ import annotations

import time

import pytest

from backends import systems
from backends.errors import ProgramRejected
from tests.contract.bad_systems import BAD, RYDBERG, Bad

MOST_S = 0.1


@pytest.mark.parametrize("bad", BAD, ids=[name for name, _, _ in BAD])
def test_a_bad_system_is_refused_by_field_at_once(bad: Bad) -> None:
    _, document, field = bad
    times = []
    for _ in range(2):  # a busy machine may interrupt one of them
        began = time.thread_time()
        with pytest.raises(ProgramRejected) as refused:
            systems.load(document)
        times.append(time.thread_time() - began)
    assert refused.value.field.startswith(field), f"{refused.value.field}: {refused.value}"
    assert len(str(refused.value)) > 20
    assert min(times) < MOST_S


def test_there_are_sixty_and_what_they_spoil_is_good() -> None:
    assert len({name for name, _, _ in BAD}) == len(BAD) >= 60
    assert systems.load(RYDBERG).kind == "rydberg_array"
