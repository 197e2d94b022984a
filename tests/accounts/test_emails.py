"""Emails as people type, paste and upload them: one account in every spelling, and refusals that name the sign."""

from __future__ import annotations

from typing import Any

import pytest
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import emails
from portal.accounts.emails import keyed_hash
from portal.accounts.models import Account
from portal.admin.allow_list import spreadsheets
from portal.application import PortalFlask
from portal.core.errors import Invalid
from tests.accounts.people import PASSWORD, REGISTRATION, login, signed_in
from tests.accounts.sent_messages import sent_messages
from tests.support.clients import Api, Page

EMAIL = "person@demo.example"
SPELLINGS = [
    "  Person@Demo.Example\t",
    "mailto:person@demo.example",
    "MAILTO:person@demo.example?subject=Hello",
    "mailto:person%40demo.example",
    "<person@demo.example>",
    "A Person <person@demo.example>",
    '"Person, A." <mailto:person@demo.example>;',
    "(person@demo.example)",
    "person@demo.example<mailto:Person@demo.example>",
    "E-mail: person@demo.example",
    "email:mailto:person@demo.example",
    "Почта: person@demo.example",
    "«person@demo.example»",
    "person@demo.example.",
    "person@demo.example,",
    "person@demo.example;",
    "person @ demo.example",
    "person@demo.example\u00a0",
    "\ufeffperson@demo.example",
    "per\u200bson@demo\u200d.example",
    "person@de\u00admo.example",
    "\u202aperson@demo.example\u202c",
    "person@demo.example\u2028",
    "ｐｅｒｓｏｎ＠ｄｅｍｏ．ｅｘａｍｐｌｅ",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_signs_in(api: Api, person: Account, typed: str) -> None:
    assert login(api, email=typed)["access_token"]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_pages_take_every_spelling(page: Page, person: Account, typed: str) -> None:
    assert page.post("/login", {"email": typed, "password": PASSWORD}).location == "/home"


@pytest.mark.parametrize("typed", SPELLINGS)
def test_allow_list_holds_one_hash_for_every_spelling(app: PortalFlask, typed: str) -> None:
    with app.app_context():
        assert keyed_hash(typed) == keyed_hash(EMAIL)
    assert spreadsheets.email_in(typed.strip()) == EMAIL


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_registers_the_same_email(api: Api, person: Account, typed: str) -> None:
    body = {**REGISTRATION, "email": typed, "telegram_alias": None}
    assert api.post("/api/v1/auth/register", json=body, status=400)["code"] == "email_taken"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("login/otp/request", "accounts.code"), ("password-reset/request", "accounts.reset_password")],
)
@pytest.mark.parametrize("typed", SPELLINGS[1::4])
def test_codes_and_links_are_sent_for_every_spelling(
    app: PortalFlask, api: Api, person: Account, path: str, kind: str, typed: str
) -> None:
    api.post(f"/api/v1/auth/{path}", json={"email": typed})
    assert [sent for sent, _payload in sent_messages(app, EMAIL)] == [kind]


@pytest.mark.parametrize("typed", SPELLINGS[::3])
def test_a_new_email_may_be_pasted(app: PortalFlask, person: Account, typed: str) -> None:
    pasted = typed.replace("person", "moved").replace("Person@", "moved@").replace("ｐｅｒｓｏｎ", "moved")
    signed_in(app).post("/api/v1/account/email", json={"email": pasted.replace("per\u200bson", "moved")})
    assert sent_messages(app, "moved@demo.example")


SEARCHED = [typed for typed in SPELLINGS if " " not in typed.strip()]


@pytest.mark.parametrize("typed", SEARCHED)
def test_the_office_finds_every_spelling(page: Page, adam: Account, person: Account, typed: str) -> None:
    shown = page.sign_in(adam).get("/admin/people", query_string={"q": typed.strip()})
    assert EMAIL in shown.text


def refusal(email: str) -> str:
    with pytest.raises(Invalid) as refused:
        emails.validate(email)
    assert refused.value.field == "email"
    return refused.value.message


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("anna ivanova@demo.example", "after “anna”"),
        ("anna@demo. example", "after “anna@demo.”"),
        ("anna.demo.example", "@ is missing"),
        ("anna@demo@example.org", "more than one @"),
        ("anna@demo.example, ivan@demo.example", "more than one @"),
        ("anna@demo.example, Ivan <ivan@demo.example>", "more than one @"),
        ("anna,b@demo.example", "“,”"),
        ("anna@demo,example", "“,”"),
        ("anna@demo–site.example", "“–”"),
        ("аnna@demo.example", "“а”"),
        ("jürgen@demo.example", "“ü”"),
        ("anna@οffice.example", "“ο”"),
        ("anna(at)work@demo.example", "“(”"),
        ("anna..b@demo.example", "two dots"),
        ("anna@demo..example", "two dots"),
        ("anna@demo", "typos"),
        ("anna@demo/example.org", "“/”"),
        ("anna@dеmo.example", "“е”"),
        ("anna@demo.eхample", "“х”"),
        ("anna@почтa.рф", "“п”"),
    ],
)
def test_a_refusal_names_the_sign(app: PortalFlask, typed: str, named: str) -> None:
    with app.app_context(), force_locale("en"):
        assert named in refusal(typed)


@pytest.mark.parametrize("domain", ["почта.рф", "mail.почта.рф", "東京tower.example", "bücher.example"])
def test_domains_of_one_alphabet_are_accepted(app: PortalFlask, domain: str) -> None:
    with app.app_context():
        assert emails.validate(f"anna@{domain}").isascii()


@pytest.mark.parametrize("path", ["/login", "/login/code", "/password/forgot", "/verify/resend"])
def test_pages_name_the_sign_and_keep_what_was_typed(page: Page, path: str) -> None:
    typed = "anna@demo,example"
    headers = {"Accept-Language": "ru"}
    shown = page.post(path, {"email": typed, "password": PASSWORD}, status=422, headers=headers)
    assert "«,»" in shown.text
    assert shown.element("main input[name=email]")["value"] == typed
    assert shown.element("main input[name=email]").get("aria-invalid") == "true"


@pytest.mark.parametrize("path", ["login/otp/request", "login/telegram/request", "password-reset/request"])
def test_json_names_the_sign_with_its_field(api: Api, path: str) -> None:
    answer = api.post(f"/api/v1/auth/{path}", json={"email": "anna@demo,example"}, status=422)
    assert "“,”" in answer["detail"]
    assert answer["errors"][0]["field"] == "email"


@given(st.text(max_size=80))
def test_a_cleaned_email_stays_as_it_is(typed: Any) -> None:
    once = emails.clean(typed)
    if "@" in once and "%" not in typed and "<" not in once:
        assert emails.clean(once) == once
