"""Passwords and keyed hashes."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest
from argon2 import extract_parameters

from portal.application import PortalFlask
from portal.core.security import passwords, signing
from portal.core.security.passwords import Verdict, hash_password, verify_password
from portal.runtime import processes


def test_a_right_password_is_right_and_any_other_is_wrong(app: PortalFlask) -> None:
    with app.app_context():
        stored = hash_password("пароль из слов")
        assert verify_password(stored, "пароль из слов") is Verdict.RIGHT
        assert verify_password(stored, "Пароль из слов") is Verdict.WRONG


def test_two_people_with_one_password_have_different_hashes(app: PortalFlask) -> None:
    with app.app_context():
        assert hash_password("same") != hash_password("same")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$cut"])
def test_without_a_usable_hash_no_password_is_right(app: PortalFlask, stored: str | None) -> None:
    with app.app_context():
        assert verify_password(stored, "nobody's password") is Verdict.WRONG


def test_bcrypt_is_right_but_old(app: PortalFlask) -> None:
    stored = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
    with app.app_context():
        assert verify_password(stored, "correct horse") is Verdict.RIGHT_BUT_OLD
        assert verify_password(stored, "wrong horse") is Verdict.WRONG


def test_another_cost_is_right_but_old(app: PortalFlask) -> None:
    with app.app_context():
        stored = passwords._hasher(True).hash("correct horse")
        dearer = type(passwords.hasher())(2, 128, 1).hash("correct horse")
        assert verify_password(stored, "correct horse") is Verdict.RIGHT
        assert verify_password(dearer, "correct horse") is Verdict.RIGHT_BUT_OLD


def test_few_threads_hash_for_all_that_serve_requests(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed_by = []

    def compare(*_: object) -> Verdict:
        hashed_by.append(threading.current_thread().name)
        return Verdict.WRONG

    def ask(_number: int) -> Verdict:
        with committed.app_context():
            return verify_password(None, "nobody's password")

    monkeypatch.setattr(passwords, "_compare", compare)
    with ThreadPoolExecutor(12) as callers:
        assert set(callers.map(ask, range(60))) == {Verdict.WRONG}
    assert len(hashed_by) == 60
    assert 1 <= len(set(hashed_by)) <= passwords.AT_ONCE


def test_a_child_of_a_process_that_has_hashed_can_hash_too(app: PortalFlask) -> None:
    with app.app_context():
        stored = hash_password("correct horse")

        def compare() -> int:
            signal.alarm(20)  # rather than to wait for a thread of the parent
            return int(verify_password(stored, "correct horse") is not Verdict.RIGHT)

        assert processes.in_child(compare) == 0


def test_people_get_what_owasp_asks_for() -> None:
    cost = extract_parameters(passwords._hasher(False).hash("x"))
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (19 * 1024, 2, 1)


def test_a_signature_means_nothing_for_another_purpose(app: PortalFlask) -> None:
    with app.app_context():
        assert signing.digest("link", b"value") == signing.digest("link", b"value")
        assert signing.digest("link", b"value") != signing.digest("code", b"value")


def test_a_signature_means_nothing_under_another_secret(app: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        before = signing.digest("link", b"value")
        monkeypatch.setitem(app.config, "SECRET_KEY", "another")
        assert signing.digest("link", b"value") != before
