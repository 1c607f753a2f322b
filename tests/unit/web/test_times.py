"""Times on pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qtwin.web.templatetags.dashboard import when

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("moment", "form"), [(NOW, "short"), (NOW.replace(year=NOW.year - 4, day=1), "full")]
)
def test_a_time_of_another_year_is_shown_with_its_year(moment: datetime, form: str) -> None:
    assert f'data-form="{form}"' in when(moment, "short")
