"""Every page that there is, read from the URL configuration, with the ids of a scene filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from playwright.sync_api import APIRequestContext

from tests.integration.access.routes import patterns

NO_PAGES = ("api/", "^", "events", "static", "account/confirm/passkey")
"""The last would ask a passkey of which the scene has only a row."""
NAME = re.compile(r"<\w+:(\w+)>")
OF_ROUTES = {"name": "pyscf"}
"""Ids of which a scene knows another that is no page's."""


def addresses(ids: Mapping[str, str]) -> dict[str, str]:
    """By pattern; without those that name something which the scene has not, such as a secret."""
    known = {**ids, **OF_ROUTES}
    return {
        pattern: "/" + NAME.sub(lambda name: known[name[1]], pattern)
        for pattern in patterns()
        if not pattern.startswith(NO_PAGES) and set(NAME.findall(pattern)) <= set(known)
    }


def pages(request: APIRequestContext, base: str, ids: Mapping[str, str]) -> Iterator[str]:
    """Addresses that answer a GET of this session by a page, not by a form's action or a file."""
    for address in addresses(ids).values():
        answer = request.get(base + address, max_redirects=0)
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            yield address
        assert answer.status < 500, f"{address}: {answer.status}"
