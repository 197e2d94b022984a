"""Links of people to pages of theirs elsewhere: only safe ones are kept, and shown to their audience."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from portal.profiles.models import LINK_LABEL_MAX, LINK_URL_MAX, LINKS_MAX, Audience, Profile
from tests.factories import change_profile, make_account
from tests.support.clients import Api, Page

EDIT = "/settings/profile"
FORM = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019"}


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


def stored(app: PortalFlask, account: Account) -> Any:
    with app.app_context():
        return db.session.get_one(Profile, account.id).links


@pytest.mark.parametrize(
    ("label", "typed", "kept"),
    [
        ("LinkedIn", "https://www.linkedin.com/in/alina", ("LinkedIn", "https://www.linkedin.com/in/alina")),
        ("", "https://www.linkedin.com/in/alina", ("linkedin.com", "https://www.linkedin.com/in/alina")),
        (" My  site ", " example.org/a?b=c#d ", ("My site", "https://example.org/a?b=c#d")),
        ("Сайт", "https://пример.рф/обо-мне", ("Сайт", "https://пример.рф/обо-мне")),
        ("<b>Site</b>", "https://example.org", ("<b>Site</b>", "https://example.org")),
    ],
)
def test_link_is_kept_and_shown_safely(
    app: PortalFlask, mine: Page, alina: Account, label: str, typed: str, kept: tuple[str, str]
) -> None:
    assert mine.post(EDIT, {**FORM, "link_label_0": label, "link_url_0": typed}).location == "/people/me"
    assert stored(app, alina) == [{"label": kept[0], "url": kept[1]}]
    shown = mine.get("/people/me").element(f'.person-facts a[href="{kept[1]}"]')
    assert shown.get_text() == kept[0]
    assert {"nofollow", "noopener"} <= set(shown["rel"])


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "data:text/html,x",
        "http://example.org",
        "ftp://example.org",
        "//example.org",
        "https://",
        "https://localhost/x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://user:pass@example.org/",
        "https://example.org:8080/",
        "https://example.org/a b",
        'https://example.org/"onmouseover=x',
        "https://exa_mple..org",
        "https://" + "a" * 64 + ".org",
        "just words",
        "https://example.org/" + "x" * LINK_URL_MAX,
    ],
)
def test_unusable_link_is_refused_at_its_field_and_everything_typed_stays(
    app: PortalFlask, mine: Page, alina: Account, typed: str
) -> None:
    sent = {**FORM, "work": "Kept", "link_url_1": typed, "link_label_1": "Mine"}
    shown = mine.post(EDIT, sent, status=422)
    assert shown.texts("#link_url_1-error")
    assert (shown.element("#link_url_1")["value"], shown.element("#work")["value"]) == (typed, "Kept")
    assert stored(app, alina) is None


def test_label_alone_and_overlong_label_are_refused(mine: Page) -> None:
    assert mine.post(EDIT, {**FORM, "link_label_2": "Blog"}, status=422).texts("#link_url_2-error")
    long = {"link_label_0": "x" * (LINK_LABEL_MAX + 1), "link_url_0": "https://example.org"}
    assert mine.post(EDIT, {**FORM, **long}, status=422).texts("#link_label_0-error")
    mine.post(EDIT, {**FORM, **long, "link_label_0": "x" * LINK_LABEL_MAX})


def test_links_open_in_the_form_are_kept_and_removed(app: PortalFlask, mine: Page, alina: Account) -> None:
    urls = {f"link_url_{place}": f"https://example.org/{place}" for place in range(LINKS_MAX)}
    mine.post(EDIT, {**FORM, **urls})
    opened = mine.get(EDIT)
    assert [field["value"] for field in opened.soup.select("[name^=link_url]")] == list(urls.values())
    before = stored(app, alina)
    mine.post(
        EDIT,
        {**FORM, **urls, "link_label_0": "example.org", "link_label_1": "example.org", "link_label_2": "example.org"},
    )
    assert stored(app, alina) == before
    blank = {f"link_{part}_{place}": "" for part in ("url", "label") for place in range(LINKS_MAX)}
    mine.post(EDIT, {**FORM, **blank, "link_url_2": "https://example.org/2", "link_url_0": "https://example.org/2"})
    assert stored(app, alina) == [{"label": "example.org", "url": "https://example.org/2"}]
    mine.post(EDIT, {**FORM, **blank})
    assert stored(app, alina) is None


def test_mobile_app_leaves_links_alone(app: PortalFlask, api: Api, alina: Account) -> None:
    links = [{"label": "Site", "url": "https://example.org"}]
    change_profile(alina, links=links)
    api.sign_in(alina)
    own = api.get("/api/v1/profile/me")
    assert "links" not in own
    api.put("/api/v1/profile/me", json={**own, "biography": "New"})
    assert stored(app, alina) == links


def test_visitors_find_a_profile_by_a_public_link_only(page: Page) -> None:
    links = [{"label": "Site", "url": "https://example.org"}]
    shown, hidden = (make_account(profile={"links": one, "links_audience": Audience.PUBLIC}) for one in (links, None))
    assert page.get(f"/people/{shown.id}").soup.select('[href="https://example.org"]')
    page.get(f"/people/{hidden.id}", status=303)
