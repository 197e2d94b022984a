"""Help, privacy notice and contact: the defaults, and what the office writes instead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.core.errors import Forbidden
from portal.extensions import db
from portal.texts import queries, services
from portal.texts.models import TEXT_MAX, TextKind
from portal.texts.services import TextChange
from tests.accounts.people import change as change_account
from tests.support.clients import Page

KINDS = tuple(TextKind)
MARKUP = "<b>bold</b> <script>alert(1)</script> & [link](https://a.example)"


@pytest.fixture
def office(app: PortalFlask, adam: Account) -> Page:
    return Page(app).sign_in(adam)


def values(page: Page, kind: TextKind) -> dict[str, Any]:
    """Return what the form of a text holds."""
    form = page.get(f"/admin/settings/{kind}")
    found = {name: form.element(f"#{name}").get_text().strip() for name in ("english", "russian")}
    inputs = form.soup.select("main input[name=replaced], main input[name=contact_email]")
    return {**found, **{str(field["name"]): str(field.get("value", "")) for field in inputs}}


def save(page: Page, kind: TextKind, *, status: int = 303, **changes: str) -> Any:
    return page.post(f"/admin/settings/{kind}", {**values(page, kind), **changes}, status=status)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_text_has_a_default_in_both_languages(page: Page, kind: TextKind, language: str) -> None:
    shown = page.get(f"/{kind}", headers={"Accept-Language": language})
    assert len(shown.texts(".office-written p")) >= 4
    assert len(shown.texts(".office-written h2")) >= 3
    assert "{" not in shown.text
    is_russian = sum("а" <= char <= "я" for char in shown.text.lower()) > 200
    assert is_russian is (language == "ru")


@pytest.mark.parametrize("path", ["/", "/login", "/register", "/help"])
def test_the_foot_of_each_page_leads_to_the_texts(page: Page, path: str) -> None:
    links = [str(link["href"]) for link in page.get(path).soup.select("footer a")]
    assert links == ["/help", "/privacy", "/contact"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_changes_a_text_in_both_languages(office: Page, page: Page, kind: TextKind) -> None:
    assert save(office, kind, english="Our words.", russian="Наши слова.").location == "/admin/settings"
    assert page.get(f"/{kind}").texts(".office-written") == ["Our words."]
    assert page.get(f"/{kind}", headers={"Accept-Language": "ru"}).texts(".office-written") == ["Наши слова."]


@pytest.mark.parametrize("kind", KINDS)
def test_markup_is_shown_as_text_and_urls_become_links(office: Page, page: Page, kind: TextKind) -> None:
    text = f"{MARKUP}\nSee https://uni.example/help?a=1&b=2 or write to help@uni.example."
    save(office, kind, english=text)
    shown = page.get(f"/{kind}")
    assert MARKUP in shown.text
    assert not shown.soup.select(".office-written b, .office-written script")
    assert [str(link["href"]) for link in shown.soup.select(".office-written a")][-2:] == [
        "https://uni.example/help?a=1&b=2",
        "mailto:help@uni.example",
    ]


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", 'a@b.example"onclick="x', "x@y", "@", "a@@b.example", "mailto:x"],
)
def test_nothing_else_becomes_a_link(office: Page, page: Page, text: str) -> None:
    save(office, TextKind.HELP, english=text)
    links = page.get("/help").soup.select(".office-written a")
    assert all(str(link["href"]).startswith("mailto:a@b.example") and "onclick" not in link.attrs for link in links)


def test_a_short_first_line_is_a_heading(office: Page, page: Page) -> None:
    save(office, TextKind.HELP, english="First\nOne.\nTwo.\n\nA sentence.\nAnother.\n\nAlone\n\n" + "x" * 81 + "\nLast")
    shown = page.get("/help")
    assert shown.texts(".office-written h2") == ["First"]
    assert shown.texts(".office-written p") == ["One.", "Two.", "A sentence.", "Another.", "Alone", "x" * 81, "Last"]


@pytest.mark.parametrize(
    "typed", [" alumni@uni.example ", "mailto:alumni@uni.example", "Office <alumni@uni\u200b.example>"]
)
def test_the_contact_email_is_named_where_people_need_it(
    office: Page, page: Page, app: PortalFlask, typed: str
) -> None:
    save(office, TextKind.CONTACT, contact_email=typed)
    for path in ("/contact", "/help", "/privacy"):
        assert page.get(path).soup.select_one('a[href="mailto:alumni@uni.example"]'), path


@pytest.mark.parametrize("email", ["", "nobody", "a@", "a b@uni.example", "x" * 300])
def test_an_unusable_contact_email_is_refused(office: Page, email: str) -> None:
    shown = save(office, TextKind.CONTACT, status=422, contact_email=email, english="Kept.")
    assert shown.texts("#contact_email-error") != []
    assert shown.element("#english").get_text().strip() == "Kept."


@pytest.mark.parametrize(("field", "length", "status"), [("english", TEXT_MAX, 303), ("russian", TEXT_MAX + 1, 422)])
def test_both_sides_of_the_limit(office: Page, field: str, length: int, status: int) -> None:
    save(office, TextKind.HELP, status=status, **{field: "ж" * length})


@pytest.mark.parametrize("text", ["  \n", "\u200b", "\u00a0\u2800\ufeff"])
@pytest.mark.parametrize("field", ["english", "russian"])
def test_neither_language_may_be_empty(office: Page, field: str, text: str) -> None:
    shown = save(office, TextKind.HELP, status=422, **{field: text})
    assert shown.texts(f"#{field}-error") == ["Write the text in this language."]


def test_only_the_privacy_notice_gets_a_new_version_and_only_if_chosen(office: Page, page: Page) -> None:
    assert "Version 1." in page.get("/privacy").text
    save(office, TextKind.PRIVACY, english="A typing error mended.")
    assert "Version 1." in page.get("/privacy").text
    save(office, TextKind.PRIVACY, english="Something new.", asks_again="y")
    assert "Version 2." in page.get("/privacy").text
    office.get("/admin/settings/help", status=303)  # the office agrees like everybody else
    office.post("/privacy/agree", {"version": "2"})
    save(office, TextKind.HELP, english="Help.", asks_again="y")
    assert "Version 2." in page.get("/privacy").text


def test_saving_unchanged_texts_changes_nothing(app: PortalFlask, office: Page) -> None:
    for kind in KINDS:
        save(office, kind)
    with app.app_context():
        assert all(queries.current(kind).id is None for kind in KINDS)
        assert db.session.scalars(db.select(AuditEntry.id).where(AuditEntry.action == "texts.change")).all() == []


def test_a_colleagues_change_is_not_overwritten(app: PortalFlask, office: Page, page: Page) -> None:
    opened = values(office, TextKind.HELP)
    save(office, TextKind.HELP, english="By a colleague.")
    shown = office.post("/admin/settings/help", {**opened, "english": "Mine."}, status=422)
    assert "A colleague has changed this text meanwhile" in shown.text
    assert shown.element("#english").get_text().strip() == "Mine."
    assert page.get("/help").texts(".office-written") == ["By a colleague."]


def test_of_changes_at_once_one_wins(committed: PortalFlask, adam: Account) -> None:
    pages = [Page(committed).sign_in(adam) for _number in range(5)]
    opened = values(pages[0], TextKind.PRIVACY)

    def send(number: int) -> int:
        data = {**opened, "english": f"Number {number}.", "asks_again": "y", **pages[number].csrf()}
        return pages[number].client.post("/admin/settings/privacy", data=data).status_code

    with ThreadPoolExecutor(5) as pool:
        statuses = sorted(pool.map(send, range(5)))
    assert statuses == [303, 422, 422, 422, 422]
    with committed.app_context():
        assert queries.privacy_version() == 2


def test_nobody_else_changes_texts(app: PortalFlask, alina: Account) -> None:
    change = TextChange(TextKind.HELP, "Mine.", "Моё.", "")
    with app.app_context(), pytest.raises(Forbidden):
        services.change_text(Actor(Channel.PAGE, account_id=alina.id), change)


def test_the_pages_of_the_office_are_translated(app: PortalFlask, adam: Account) -> None:
    change_account(app, adam, locale="ru")
    page = Page(app).sign_in(adam)
    assert page.get("/admin/settings/privacy").texts("h1") == ["Конфиденциальность"]
    assert "Тексты" in page.get("/admin/settings").texts("h2")
