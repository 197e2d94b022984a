"""The headers of an email say exactly what they were given, to two parsers, in words that RFC 2047 allows."""

from __future__ import annotations

import email
import re
import uuid
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.application import PortalFlask
from portal.outbox.mail_messages import PortalMail
from tests.outbox.conftest import SmtpServer, app_with, put, send

EMAIL = "office@demo.example"
ENCODED_WORD = re.compile(r"=\?utf-8\?(b\?[A-Za-z0-9+/=]+|q\?[A-Za-z0-9!*+/=_-]+)\?=")
SIGNS = "abcxyzABCXYZ0189 ,.:;()<>[]@\"'\\/=?_-!#&…–«»абвёйьЯЖЪÀéßşłأبनी漢字🎓\u0301"
NAMES = st.text(SIGNS, min_size=2, max_size=80).map(lambda text: " ".join(text.split())).filter(bool)
HARD_NAMES = (
    "Демо",
    "Отдел по работе с выпускниками Университета Иннополис, Казань (Россия)",
    "Uni: Alumni, Friends (Office)",
    'The "Old" Boys; <all> of them',
    "Back\\slash \\",
    "=?utf-8?b?0JTQtdC80L4=?=",
    "a@b.example, c@d.example",
    "Ж" * 80,
    "é" * 33 + ", (" + "я" * 20,
)


def raw_mail(name: str = "Demo", subject: str = "Hello") -> bytes:
    mail = PortalMail(
        sender=EMAIL, sender_name=name, recipient="alina@demo.example", subject=subject, body="Да\n", html="<p>Да</p>"
    )
    mail.msgId = f"<{uuid.uuid4()}@demo.example>"
    return mail.as_bytes()


def raw_header(raw: bytes, name: str) -> str:
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    [value] = re.findall(rf"^{name}: ((?:.*)(?:\r\n[ \t].*)*)", head, re.MULTILINE)
    return str(value).rstrip("\r")


def names_by_both_parsers(raw: bytes) -> list[list[tuple[str, str]]]:
    """Return the mailboxes of From, as the old and the present parser of Python read them.

    Before 3.13.2 the present one keeps the blank between two encoded words (RFC 2047, 6.2), so it is given none.
    """
    old = email.message_from_bytes(raw)
    pairs = getaddresses([old["From"].replace("\r\n", "")])
    new = email.message_from_bytes(re.sub(rb"\?=\s+=\?utf-8", b"?==?utf-8", raw), policy=default)
    return [
        [(str(make_header(decode_header(name))), email_part) for name, email_part in pairs],
        [(each.display_name, each.addr_spec) for each in new["From"].addresses],
    ]


def check_words(value: str) -> None:
    """Fail if a header that is not plain ASCII holds anything but whole encoded words of at most 75 characters."""
    for word in value.split():
        if word.startswith("=?"):
            assert ENCODED_WORD.fullmatch(word)
            assert len(word) <= 75


@given(NAMES)
@pytest.mark.parametrize("parser", [0, 1])
def test_the_sender_is_one_mailbox_with_exactly_its_name(parser: int, name: str) -> None:
    assert names_by_both_parsers(raw_mail(name))[parser] == [(name, EMAIL)]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_names_with_the_signs_of_something_else_stay_names(name: str) -> None:
    raw = raw_mail(name)
    assert names_by_both_parsers(raw) == [[(name, EMAIL)]] * 2
    check_words(raw_header(raw, "From").removesuffix(f" <{EMAIL}>") if not name.isascii() else "")


@given(NAMES)
@example("=?utf-8?q?not_encoded?=")
@example("A" * 80)
@example("Встреча выпускников в Казани: 12 декабря, 18:00 (для всех, кто хочет)")
def test_the_subject_is_read_as_it_was_written(subject: str) -> None:
    raw = raw_mail(subject=subject)
    check_words(raw_header(raw, "Subject"))
    old = email.message_from_bytes(raw)["Subject"].replace("\r\n", "")
    assert old.lstrip() == old
    assert str(make_header(decode_header(old))) == subject
    assert email.message_from_bytes(raw, policy=default)["Subject"] == subject


@given(NAMES, NAMES)
def test_lines_are_short_and_end_with_crlf(name: str, subject: str) -> None:
    lines = raw_mail(name, subject).split(b"\r\n")
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in lines)


@pytest.mark.parametrize("name", ["Демо", *HARD_NAMES[2:6]])
def test_a_mail_server_receives_that_name(
    mail_app: PortalFlask, committed: PortalFlask, smtp_server: SmtpServer, name: str
) -> None:
    for app in app_with(committed, **mail_settings(smtp_server), mail_from_name=name, mail_from=EMAIL):
        put(app, "one")
        assert send(app) == 1
    [mail] = smtp_server.mails()
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, EMAIL)


def test_a_domain_outside_ascii_is_encoded(
    mail_app: PortalFlask, committed: PortalFlask, smtp_server: SmtpServer
) -> None:
    for app in app_with(committed, **mail_settings(smtp_server), mail_from="office@пример.рф"):
        put(app, "one")
        assert send(app) == 1
    [mail] = smtp_server.mails()
    assert mail["From"].addresses[0].addr_spec == "office@xn--e1afmkfd.xn--p1ai"
    assert mail["Message-ID"].endswith("@xn--e1afmkfd.xn--p1ai>")


def mail_settings(server: SmtpServer) -> dict[str, object]:
    return {"mail_server": "127.0.0.1", "mail_port": server.port, "mail_use_tls": False}
