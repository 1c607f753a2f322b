"""Every write to saved filters."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction

from qtwin.accounts.models import Team, User
from qtwin.saved.models import LONGEST_NAME, LONGEST_QUERY, SavedFilter

MOST = 50
PASSING = {"after", "done"}
"""What of an address says where one is in a list, not which list it is."""


class FilterRefused(ValueError):
    """It was not saved; the message says why."""


def query_kept(query: str) -> str:
    """Of the text after a question mark what is worth keeping, in the order in which it came."""
    pairs = parse_qsl(query.removeprefix("?"), max_num_fields=50)
    return urlencode([(name, value) for name, value in pairs if name not in PASSING])


def filter_save(*, user: User, path: str, query: str, name: str, team: Team | None) -> SavedFilter:
    """Keep a filter.

    Raises:
        FilterRefused: There is nothing to keep, the name is taken, or there are too many.
    """
    name = _name(name)
    try:
        kept = query_kept(query)
    except ValueError:
        kept = "x" * (LONGEST_QUERY + 1)
    if not 0 < len(kept) <= LONGEST_QUERY:
        raise FilterRefused("there is no filter in the address, or a very long one; filter first")
    if SavedFilter.objects.filter(user=user).count() >= MOST:
        raise FilterRefused(f"you have {MOST} already; delete one first")
    try:
        with transaction.atomic():
            return SavedFilter.objects.create(
                user=user, path=path, query=kept, name=name, team=team
            )
    except IntegrityError:
        raise FilterRefused(f"you have one here that is called “{name}”") from None


def filter_rename(*, row: SavedFilter, name: str) -> None:
    """Call it otherwise.

    Raises:
        FilterRefused: The name is taken, empty or too long.
    """
    name = _name(name)
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(pk=row.pk).update(name=name)
    except IntegrityError:
        raise FilterRefused(f"you have one here that is called “{name}”") from None


def filter_delete(*, row: SavedFilter) -> None:
    """Forget it, for everybody who saw it."""
    SavedFilter.objects.filter(pk=row.pk).delete()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise FilterRefused(
            f"a name has 1 to {LONGEST_NAME} printable characters; this has {len(name)}"
        )
    return name
