"""Codes of an app are those of RFC 6238, and work once."""

from __future__ import annotations

import base64

import pytest

from qtwin.accounts import totp
from qtwin.accounts.models import RecoveryCode, Totp, User
from qtwin.accounts.services import recovery_codes_renew, second_step_verify, totp_enrol
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.accounts.services.second import TRIES
from qtwin.accounts.services.totp import WrongCode, totp_use
from tests.unit.accounts.clock import code_in

pytestmark = pytest.mark.usefixtures("clock")

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment_s", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(moment_s: int, code: str) -> None:
    """Appendix B of RFC 6238, its last six digits."""
    assert totp.code_at(RFC_SECRET, totp.step_of(moment_s)) == code


def test_a_clock_may_be_thirty_seconds_off() -> None:
    for late in (-30, 0, 30):
        assert totp.matching_step(RFC_SECRET, "005924", 1234567890 + late) == 41152263
    for late in (-90, 90):
        assert totp.matching_step(RFC_SECRET, "005924", 1234567890 + late) is None


def test_a_code_works_once_and_none_before_it(user: User) -> None:
    secret = totp.new_secret()
    totp_enrol(user=user, secret=secret, code=code_in(secret, -1))
    assert not totp_use(user=user, code=code_in(secret, -1))
    assert totp_use(user=user, code=code_in(secret, 1))
    assert not totp_use(user=user, code=code_in(secret, 1))
    assert not totp_use(user=user, code=code_in(secret))


def test_a_wrong_first_code_enrols_nothing_and_a_second_app_neither(user: User) -> None:
    secret = totp.new_secret()
    with pytest.raises(WrongCode, match="clock"):
        totp_enrol(user=user, secret=secret, code=code_in(secret, 9))
    assert not Totp.objects.exists()
    totp_enrol(user=user, secret=secret, code=code_in(secret))
    with pytest.raises(WrongCode, match="already"):
        totp_enrol(user=user, secret=secret, code=code_in(secret))


def test_the_table_holds_neither_the_secret_nor_a_code(user: User) -> None:
    secret = totp.new_secret()
    totp_enrol(user=user, secret=secret, code=code_in(secret))
    codes = recovery_codes_renew(user=user)
    kept = str(list(Totp.objects.values())) + str(list(RecoveryCode.objects.values()))
    assert secret not in kept
    assert str(base64.b32decode(secret)) not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_a_secret_moved_to_another_person_does_not_open(user: User, stranger: User) -> None:
    secret = totp.new_secret()
    totp_enrol(user=user, secret=secret, code=code_in(secret, -1))
    Totp.objects.update(user=stranger)
    assert not totp_use(user=stranger, code=code_in(secret))


def test_a_recovery_code_works_once_however_it_is_typed(user: User) -> None:
    codes = recovery_codes_renew(user=user)
    assert len(set(codes)) == 10
    assert second_step_verify(user=user, code=f" {codes[0].upper().replace('-', ' ')} ")
    assert not second_step_verify(user=user, code=codes[0])
    recovery_codes_renew(user=user)
    assert not second_step_verify(user=user, code=codes[1])


def test_codes_are_not_guessed_at_length(user: User) -> None:
    secret = totp.new_secret()
    totp_enrol(user=user, secret=secret, code=code_in(secret, -1))
    for _ in range(TRIES.most):
        assert not second_step_verify(user=user, code=code_in(secret, 7))
    with pytest.raises(TooManyGuesses):
        second_step_verify(user=user, code=code_in(secret))
