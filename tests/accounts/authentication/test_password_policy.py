"""Which passwords may be chosen, at every entry point that asks for one."""

from __future__ import annotations

import logging
import random
import string
from typing import Any

import pytest
from flask_babel import force_locale

from portal.accounts.authentication.password_policy import check_password
from portal.application import PortalFlask
from portal.core.errors import Invalid
from tests.accounts.people import REGISTRATION
from tests.support.clients import Api, Page

OWN = ("Kamila", "Петрова", "kamila.petrova@demo.example")
ADVICE = "Use a few unrelated words."


def refusal(app: PortalFlask, password: str, *, field: str = "password") -> Invalid | None:
    with app.test_request_context(), force_locale("en"):
        try:
            check_password(password, own=OWN, field=field)
        except Invalid as refused:
            return refused
    return None


def sentence(app: PortalFlask, password: str, locale: str = "en") -> str:
    with app.test_request_context(), force_locale(locale):
        with pytest.raises(Invalid) as refused:
            check_password(password, own=OWN)
        return refused.value.message


@pytest.mark.parametrize(
    "password",
    [
        "welcome-to-demo",
        "correct horse battery",
        "кот съел мою флешку",
        "gx8!kq2z",
        "jkwmxqvz",
        "        spaces count too",
        "密码很难被别人猜到呢",
        "🐎🔋📎🌙⭐🔥💧🌍",
        "kamila rides a purple tram",
        "Kamila and the correct horse",
        "demo horse battery staple",
        "gx8!kq2z" * 16,
    ],
)
def test_good_passwords_of_any_script_are_accepted(app: PortalFlask, password: str) -> None:
    assert refusal(app, password) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("password1", "too close to a common password"),
        ("iloveyou2", "too close to a common password"),
        ("P@ssw0rd", "too close to a common password"),
        ("drowssap", "too close to a common password"),
        ("Пароль123", "too close to a common password"),
        ("пароль12", "too close to a common password"),
        ("gfhjkm12", "too close to a common password"),
        ("п@р0ль12", "This password is easy to guess"),
        ("любовь99", "too close to a common password"),
        ("йцукенгш", "too close to a common password"),
        ("qwertyuiop", "too close to a common password"),
        ("12345678", "too close to a common password"),
        ("zxcvbnm,./", "Neighbouring keys"),
        ("aaaaaaaaaaaa", "Repetitions"),
        ("щщщщщщщщщщ", "Repetitions"),
        ("        ", "Repetitions"),
        ("x" * 128, "Repetitions"),
        ("абвгдежзик", "Letters and digits in sequence"),
        ("17.03.1994", "Dates and years"),
        ("Summer2024", "too close to a common password"),
        ("engineering1", "A single word"),
        ("innopolis", "too close to your name"),
        ("Иннополис1", "too close to your name"),
        ("kamila2018", "too close to your name"),
        ("Камила2018", "too close to your name"),
        ("лфьшдф2018", "too close to your name"),
        ("gtnhjdf123", "too close to your name"),
        ("alimak123", "too close to your name"),
        ("kamila.petrova-1", "too close to your name"),
        ("Kamila2018!", "too close to your name"),
        ("k@m1la!!!", "too close to your name"),
        ("petrova!!", "too close to your name"),
        ("kamila.petrova", "too close to your name"),
        ("kamila.petrova@demo.example", "too close to your name"),
        ("demouniversity", "too close to your name"),
    ],
)
def test_guessable_password_is_refused_with_the_reason(app: PortalFlask, password: str, reason: str) -> None:
    said = sentence(app, password)
    assert reason in said
    assert said.endswith(ADVICE)


@pytest.mark.parametrize("password", ["", "gx8!kq2", "ы1&щ#ъj", "🐎🔋📎🌙⭐🔥💧", "correct horse battery" * 7])
def test_the_length_is_counted_in_characters(app: PortalFlask, password: str) -> None:
    refused = refusal(app, password)
    assert refused is not None
    assert (refused.code, len(password) in {0, 7, 147}) == ("bad_password", True)
    assert "8 to 128 characters" in refused.message


def test_the_refusal_names_the_field_that_was_asked(app: PortalFlask) -> None:
    refused = refusal(app, "password1", field="new_password")
    assert refused is not None
    assert (refused.code, refused.field, refused.status) == ("weak_password", "new_password", 422)


def test_reason_is_in_the_language_of_the_request(app: PortalFlask) -> None:
    said = sentence(app, "password1", "ru")
    assert "слишком распространён" in said
    assert "не связанных между собой" in said


def test_random_passwords_are_rarely_refused(app: PortalFlask) -> None:
    draw = random.Random(1)
    drawn = ["".join(draw.choices(string.ascii_letters + string.digits, k=9)) for _number in range(60)]
    assert [password for password in drawn if refusal(app, password)] == []


def test_page_and_api_refuse_weak_passwords_at_registration(page: Page, api: Api) -> None:
    shown = page.post("/register", {**REGISTRATION, "password": "Каміла2018"}, status=422)
    assert "too close to your name" in shown.texts("#password-error")[0]
    body = {**REGISTRATION, "telegram_alias": None, "password": "password1"}
    answer = api.post("/api/v1/auth/register", json=body, status=422)
    assert (answer["code"], answer["errors"][0]["field"]) == ("weak_password", "password")


def test_page_checks_the_password_when_the_field_is_left(page: Page) -> None:
    shown = page.post("/register", {"password": "qwertyuiop"}, status=422, headers={"X-Check-Field": "password"})
    assert shown.texts("#password-error") != []


def test_refused_password_is_neither_repeated_nor_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    secret: dict[str, Any] = {**REGISTRATION, "telegram_alias": None, "password": "Kamila-Müller-1"}
    with caplog.at_level(logging.DEBUG):
        answer = api.post("/api/v1/auth/register", json={**secret, "first_name": "Kamila"}, status=422)
    assert answer["code"] == "weak_password"
    assert secret["password"] not in str(answer) + caplog.text
