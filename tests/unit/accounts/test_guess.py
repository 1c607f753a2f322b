"""Guessing is slowed, and an unknown address costs as much work as a wrong password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone

from qtwin.accounts.models import GuessCount, User
from qtwin.accounts.services import password_verify
from qtwin.accounts.services.guess import Limit, TooManyGuesses, guess_forgive, guess_take
from qtwin.accounts.services.password import OF_ACCOUNT, OF_PAIR

FEW = Limit(kind="test", most=2, pause_s=60)
PASSWORD = "a long enough password"  # a test's


def test_tries_are_counted_before_they_are_judged_and_begin_anew(db: None) -> None:
    for who in ("ada", "eve"):
        guess_take(FEW, who)
        guess_take(FEW, who)
    with pytest.raises(TooManyGuesses, match="wait 1 minutes"):
        guess_take(FEW, "ada")
    guess_forgive(FEW, "ada")
    guess_take(FEW, "ada")
    with pytest.raises(TooManyGuesses):
        guess_take(FEW, "eve")
    GuessCount.objects.update(until=timezone.now() - timedelta(seconds=1))
    guess_take(FEW, "eve")


def test_an_account_is_guarded_from_many_addresses(user: User, fast: None) -> None:
    user.set_password(PASSWORD)
    user.save()
    for number in range(OF_ACCOUNT.most):
        assert not password_verify(email=user.email, password="no", address=f"10.0.0.{number}")
    with pytest.raises(TooManyGuesses):
        password_verify(email=user.email, password=PASSWORD, address="10.0.1.1")


def test_a_right_password_forgives_wrong_ones(user: User, fast: None) -> None:
    user.set_password(PASSWORD)
    user.save()
    for _ in range(2):
        for _ in range(OF_PAIR.most - 1):
            assert password_verify(email=user.email, password="no", address="10.0.0.1") is None
        assert password_verify(email=user.email, password=PASSWORD, address="10.0.0.1") == user


def counted(name: str, work: list[str]) -> Callable[..., Any]:
    """A method of the hasher that notes that it was called."""
    method = getattr(Argon2PasswordHasher, name)

    def run(*given: Any) -> Any:
        work.append("hash")
        return method(*given)

    return run


def test_every_refusal_takes_one_hash(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []
    for name, cheap in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, cheap)
    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2PasswordHasher, name, counted(name, work))
    known = User.objects.create_user("kim@example.org", "Kim", PASSWORD)
    asleep = User.objects.create_user("zoe@example.org", "Zoe", PASSWORD)
    User.objects.filter(pk=asleep.pk).update(is_active=False)
    for email in (known.email, asleep.email, user.email, "nobody@example.org"):
        work.clear()
        assert password_verify(email=email, password="wrong", address="10.0.0.1") is None
        assert work == ["hash"], email
    work.clear()
    assert password_verify(email=asleep.email, password=PASSWORD, address="10.0.0.1") is None
    assert work == ["hash"]
