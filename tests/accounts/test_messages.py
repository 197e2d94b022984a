"""The text of emails and Telegram messages about accounts, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts import messages
from portal.accounts.models import Role, SecondFactor
from portal.application import PortalFlask
from portal.outbox.kinds import MessageKind
from portal.outbox.rendering import Mail, render_mail, render_telegram
from portal.web.i18n.selection import LOCALES

FACTORS = [{"factor": factor.value, "by_office": False} for factor in SecondFactor]
CASES: list[tuple[MessageKind, list[dict[str, Any]]]] = [
    (messages.ROLE_CHANGED, [{"role": Role.ALUMNI.value}, {"role": Role.ALUMNI_FRIEND.value}]),
    (messages.RESET_PASSWORD, [{"has_password": True}, {"has_password": False}]),
    (messages.SECOND_FACTOR_CHANGED, [*FACTORS, {"factor": SecondFactor.NONE.value, "by_office": True}]),
]
WAYS_BACK = [
    (messages.CODE, "/password/forgot"),
    (messages.PASSWORD_CHANGED, "/password/forgot"),
    (messages.SECOND_FACTOR_CHANGED, "/password/forgot"),
    (messages.EMAIL_CHANGED, "/email/undo?token=sample"),
]


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, MessageKind) else None


def mail(app: PortalFlask, kind: MessageKind, locale: str = "en", **payload: Any) -> Mail:
    with app.app_context():
        return render_mail(kind, {**kind.sample, **payload}, locale)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("kind", "cases"), CASES, ids=name_of)
def test_each_case_has_its_own_text(
    tx: PortalFlask, kind: MessageKind, cases: list[dict[str, Any]], locale: str
) -> None:
    mails = [mail(tx, kind, locale, **case) for case in cases]
    leads = [sent.text.partition("\n")[0] for sent in mails]
    assert len(set(leads)) == len(cases)
    # Once as the preview, which is taken from the text, and once in the mail itself.
    assert [sent.html.count(lead) for lead, sent in zip(leads, mails, strict=True)] == [2] * len(cases)


@pytest.mark.parametrize(("kind", "path"), WAYS_BACK, ids=name_of)
def test_security_emails_say_what_to_do_if_it_was_somebody_else(tx: PortalFlask, kind: MessageKind, path: str) -> None:
    sent = mail(tx, kind)
    url = tx.config["PORTAL"].base_url + path
    assert url in sent.text
    assert f'href="{url}"' in sent.html
    assert "reply to this email" in sent.text


@pytest.mark.parametrize(("number", "said"), [(1, "1 минуты"), (2, "2 минут"), (5, "5 минут"), (21, "21 минуты")])
def test_russian_plural_of_minutes(tx: PortalFlask, number: int, said: str) -> None:
    for kind in (messages.CODE, messages.CHANGE_EMAIL, messages.RESET_PASSWORD):
        assert f"{said}." in mail(tx, kind, "ru", minutes=number).text


def test_warning_keeps_its_lines_and_is_escaped(tx: PortalFlask) -> None:
    sent = mail(tx, messages.WARNED, text="No <b>advertising</b>.\nNo spam.")
    assert "No &lt;b&gt;advertising&lt;/b&gt;.<br />No spam." in sent.html
    assert "No <b>advertising</b>.\nNo spam." in sent.text


def test_telegram_message_contains_the_code(tx: PortalFlask) -> None:
    kind = messages.CODE
    with tx.app_context():
        text = render_telegram(kind, kind.sample, "en")
    assert kind.sample["code"] in text.splitlines()
    assert "within 10 minutes" in text
