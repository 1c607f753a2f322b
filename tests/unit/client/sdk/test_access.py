"""Which server and which token: given, from the environment, or kept by `qtwin login`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qtwin.client import Client, NotSignedIn
from qtwin.client.wire import address
from qtwin.client.wire.address import Access

KEPT = Access(url="https://kept.example", token="qt_kept")


def test_arguments_come_before_the_environment_and_that_before_what_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(NotSignedIn, match="qtwin login"):
        Client()
    address.keep(KEPT)
    assert address.find() == KEPT
    monkeypatch.setenv("QTWIN_URL", "https://env.example/")
    monkeypatch.setenv("QTWIN_TOKEN", "qt_env")
    assert address.find() == Access(url="https://env.example", token="qt_env")
    assert address.find("http://localhost:8000", "qt_given").url == "http://localhost:8000"


def test_a_kept_token_goes_to_no_other_server() -> None:
    address.keep(KEPT)
    with pytest.raises(NotSignedIn, match=r"no token for https://other\.example"):
        address.find("https://other.example")
    assert address.find("https://kept.example/") == KEPT


def test_what_is_kept_is_for_its_owner_alone() -> None:
    path = address.keep(KEPT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    address.keep(KEPT)
    assert [one.name for one in path.parent.iterdir()] == ["login.json"]
    path.chmod(0o644)
    with pytest.raises(NotSignedIn, match="others can read"):
        address.find()
    assert address.forget()
    assert not address.forget()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": "https://a.example"}'])
def test_a_broken_file_says_so(text: str) -> None:
    path = address.keep(KEPT)
    path.write_text(text)
    with pytest.raises(NotSignedIn, match="sign in again"):
        address.find()


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://a.example", "https://", "https://u:p@a.example", "http://a:b"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NotSignedIn, match="no address"):
        Client(url, "qt_a")


def test_a_token_with_a_line_break_is_refused_without_being_shown() -> None:
    with pytest.raises(NotSignedIn) as refused:
        Client("https://a.example", "qt_a\r\nX: y")
    assert "qt_a" not in str(refused.value)
    assert "qt_kept" not in repr(KEPT)


def test_importing_the_sdk_loads_nothing_heavy() -> None:
    code = (
        "import sys; from qtwin.client import Client; Client('http://localhost', 'qt_a');"
        "print({'django', 'numpy', 'httpx', 'rich', 'pandas', 'backends'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
