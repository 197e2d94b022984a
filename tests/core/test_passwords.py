"""Passwords and keyed hashes."""

from __future__ import annotations

import signal
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from portal.application import PortalFlask
from portal.core.security import passwords, signing
from portal.core.security.passwords import PasswordCheck, hash_password, verify_password
from portal.runtime import processes


def test_only_the_right_password_is_accepted(app: PortalFlask) -> None:
    with app.app_context():
        stored = hash_password("пароль из слов")
        assert verify_password(stored, "пароль из слов") is PasswordCheck.RIGHT
        assert verify_password(stored, "Пароль из слов") is PasswordCheck.WRONG


def test_two_people_with_one_password_have_different_hashes(app: PortalFlask) -> None:
    with app.app_context():
        assert hash_password("same") != hash_password("same")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$cut"])
def test_without_a_usable_hash_every_password_is_refused(app: PortalFlask, stored: str | None) -> None:
    with app.app_context():
        assert verify_password(stored, "password of no account") is PasswordCheck.WRONG


def test_a_bcrypt_hash_is_accepted_and_needs_a_rehash(app: PortalFlask) -> None:
    stored = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
    with app.app_context():
        assert verify_password(stored, "correct horse") is PasswordCheck.RIGHT_NEEDS_REHASH
        assert verify_password(stored, "wrong horse") is PasswordCheck.WRONG


def test_other_parameters_are_accepted_and_need_a_rehash(app: PortalFlask) -> None:
    with app.app_context():
        stored = passwords._hasher(True).hash("correct horse")
        dearer = type(passwords.hasher())(2, 128, 1).hash("correct horse")
        assert verify_password(stored, "correct horse") is PasswordCheck.RIGHT
        assert verify_password(dearer, "correct horse") is PasswordCheck.RIGHT_NEEDS_REHASH


def test_two_threads_hash_for_all_request_threads(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed_by = []

    def compare(*_: object) -> PasswordCheck:
        hashed_by.append(threading.current_thread().name)
        return PasswordCheck.WRONG

    def ask(_number: int) -> PasswordCheck:
        with committed.app_context():
            return verify_password(None, "password of no account")

    monkeypatch.setattr(passwords, "_compare", compare)
    with ThreadPoolExecutor(12) as callers:
        assert set(callers.map(ask, range(60))) == {PasswordCheck.WRONG}
    assert len(hashed_by) == 60
    assert 1 <= len(set(hashed_by)) <= passwords.THREADS_MAX


def test_a_forked_child_can_hash_too(app: PortalFlask) -> None:
    with app.app_context():
        stored = hash_password("correct horse")

        def compare() -> int:
            signal.alarm(20)  # rather than to wait for a thread of the parent
            return int(verify_password(stored, "correct horse") is not PasswordCheck.RIGHT)

        assert processes.run_in_child(compare) == 0


def test_the_parameters_are_those_of_owasp() -> None:
    cost = extract_parameters(passwords._hasher(False).hash("x"))
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (19 * 1024, 2, 1)


def test_a_signature_is_invalid_for_another_purpose(app: PortalFlask) -> None:
    with app.app_context():
        assert signing.digest("link", b"value") == signing.digest("link", b"value")
        assert signing.digest("link", b"value") != signing.digest("code", b"value")


def test_a_signature_is_invalid_under_another_secret(app: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        before = signing.digest("link", b"value")
        monkeypatch.setitem(app.config, "SECRET_KEY", "another")
        assert signing.digest("link", b"value") != before


COMPOSED = [
    ("café noir d'été", "cafe\u0301 noir d'e\u0301te\u0301"),
    ("ёлка и йод", "е\u0308лка и и\u0306од"),
    ("два слова рядом", "два\u00a0слова\u2009рядом"),
    ("three blank words", "three\u3000blank\u202fwords"),
    ("пароль 12345", "пароль １２３４５"),
    ("ключ из слов", "ключ\u200b из\ufeff слов"),
    ("дом ❤ и сад", "дом ❤\ufe0f и сад"),
    ("한국어", unicodedata.normalize("NFD", "한국어")),
]


@pytest.mark.parametrize(("chosen", "typed"), [*COMPOSED, *(pair[::-1] for pair in COMPOSED)])
def test_a_password_is_right_however_it_is_composed(app: PortalFlask, chosen: str, typed: str) -> None:
    assert chosen != typed
    with app.app_context():
        assert verify_password(hash_password(chosen), typed) is PasswordCheck.RIGHT


@pytest.mark.parametrize("other", ["Café noir", "cafe noir", "café  noir", "café noir ", "cafénoir"])
def test_other_characters_capitals_and_blanks_stay_different(app: PortalFlask, other: str) -> None:
    with app.app_context():
        assert verify_password(hash_password("café noir"), other) is PasswordCheck.WRONG


@pytest.mark.parametrize(("composed", "typed"), COMPOSED)
def test_an_older_hash_of_the_typed_form_is_accepted_and_needs_a_rehash(
    app: PortalFlask, composed: str, typed: str
) -> None:
    with app.app_context():
        for stored in (
            passwords.hasher().hash(typed),
            bcrypt.hashpw(typed.encode()[:72], bcrypt.gensalt(4)).decode(),
        ):
            assert verify_password(stored, typed) is PasswordCheck.RIGHT_NEEDS_REHASH
            assert verify_password(stored, f"{typed}!") is PasswordCheck.WRONG


@given(st.text(max_size=40))
def test_the_normal_form_is_final(password: str) -> None:
    assert passwords.normal_form(passwords.normal_form(password)) == passwords.normal_form(password)
