"""Names, emails and codes carry `translate="no"`: a browser that translates the page leaves them as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from portal.accounts.models import Account
from portal.events.models import Event
from portal.permissions.catalogue import ADMINISTRATORS
from tests import factories
from tests.support.clients import Page

NAME = "Zilvarra"
SURNAME = "Quexolm"
EMAIL = "zilvarra.quexolm@example.org"


@pytest.fixture
def zilvarra(tx: object) -> Account:
    city = factories.make_city()
    profile = {"city_id": city.id, "city_audience": "alumni", "work": "Baker", "telegram_alias": "zil_quex"}
    groups = (ADMINISTRATORS,)
    return factories.make_account(EMAIL, first_name=NAME, last_name=SURNAME, groups=groups, profile=profile)


@pytest.fixture
def event(zilvarra: Account) -> Event:
    return factories.make_event(zilvarra)


def is_protected(element: Tag | None) -> bool:
    return any(parent.get("translate") == "no" for parent in ([element, *element.parents] if element else ()))


def unprotected(soup: BeautifulSoup, words: tuple[str, ...]) -> list[str]:
    """Return the texts of the page's body that hold one of the words and may be translated; messages do not count."""

    def texts() -> Iterator[NavigableString]:
        for text in soup.body.find_all(string=True) if soup.body else ():
            if any(word in text for word in words) and not is_protected(text.parent):
                yield text

    return [str(text).strip() for text in texts() if text.find_parent(class_="toast-note") is None]


@pytest.mark.needs_feature("follows")
@pytest.mark.needs_feature("alumni_map")
def test_names_and_emails_are_left_as_they_are(page: Page, zilvarra: Account, event: Event, alina: Account) -> None:
    page.sign_in(zilvarra)
    factories.make_account("waiting@example.org", first_name=NAME, last_name="Waiting", verified=False)
    found, seen = [], 0
    for path in (
        *("/home", "/people", "/people?q=Zilvarra", "/people/me", "/events", "/events/mine", "/settings/account"),
        *("/settings/security", "/settings/privacy", "/settings/profile", "/map"),
        *(
            f"/people/{zilvarra.id}",
            f"/people/{alina.id}/followers",
            f"/events/{event.id}",
            f"/events/{event.id}/people",
        ),
        *("/admin", "/admin/people", f"/admin/people/{zilvarra.id}", "/admin/verification", "/admin/events"),
    ):
        shown = page.get(path)
        seen += NAME in shown.response.text
        found += [f"{path}: {text}" for text in unprotected(shown.soup, (NAME, SURNAME, "@example.org"))]
    assert found == []
    assert seen >= 15, "the name is on hardly any page"


def test_a_name_that_may_be_translated_is_found() -> None:
    soup = BeautifulSoup(f"<body><p>{NAME}</p><p translate=no><b>{SURNAME}</b></p><bdi>{EMAIL}</bdi></body>", "lxml")
    assert unprotected(soup, (NAME, SURNAME, EMAIL)) == [NAME, EMAIL]
