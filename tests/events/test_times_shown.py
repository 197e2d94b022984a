"""Times of events with their city: in emails and rows, by the clock of the city first, then by the viewer's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.events import messages, services
from portal.events.models import Event
from portal.extensions import db
from portal.outbox.kinds import MessageKind, kind_named
from portal.outbox.models import OutboxMessage
from portal.outbox.rendering import Mail, render_mail
from tests.events.conftest import Act
from tests.factories import live_in, make_account, make_city, make_event
from tests.support.clients import Page

KINDS = [kind for kind in vars(messages).values() if isinstance(kind, MessageKind)]
STARTS = datetime(2031, 12, 6, 15, 0, tzinfo=UTC)


def make_walk(owner: Account, **values: Any) -> Event:
    kazan = make_city("Kazan", "Russia", name_ru="Казань")
    return make_event(
        owner,
        **{
            "title": "Walk",
            "city_id": kazan.id,
            "starts_at": STARTS,
            "starts_local": datetime.fromisoformat("2031-12-06T18:00"),
            "ends_at": STARTS + timedelta(hours=4),
            **values,
        },
    )


def mail_to(app: PortalFlask, person: Account, *, without: str = "") -> Mail:
    """Return the only email to a person, rendered; ``without`` names a key that is taken out of its payload."""
    with app.app_context():
        sent = db.session.scalars(db.select(OutboxMessage).where(OutboxMessage.recipient == person.email)).one()
        payload = {name: value for name, value in sent.payload.items() if name != without}
        return render_mail(kind_named(sent.kind), payload, sent.locale)


def plain(text: str) -> str:
    """Return a text with ordinary blanks and without marks that only keep words together."""
    return text.replace("\u2060", "").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("account", "lines"),
    [
        ({}, ["Sat 6 Dec 2031, 18:00–22:00 in Kazan", "Library"]),
        ({"time_zone": "Europe/Moscow"}, ["Sat 6 Dec 2031, 18:00–22:00 in Kazan", "Library"]),
        ({"time_zone": "Europe/Berlin"}, ["Sat 6 Dec 2031, 18:00–22:00 in Kazan", "16:00 for you", "Library"]),
        (
            {"time_zone": "Asia/Tokyo"},
            ["Sat 6 Dec 2031, 18:00–22:00 in Kazan", "Sun 7 Dec 2031, 00:00 for you", "Library"],
        ),
        (
            {"time_zone": "Europe/Berlin", "locale": "ru"},
            ["сб, 6 декабря 2031, 18:00–22:00, Казань", "у вас 16:00", "Library"],
        ),
    ],
)
def test_an_email_says_the_time_with_its_city_and_by_the_readers_clock(
    app: PortalFlask, act: Act, bob: Account, account: dict[str, Any], lines: list[str]
) -> None:
    person = make_account(**account)
    event = make_walk(bob, going=(person,))
    act(bob, services.cancel, event.id)
    mail = mail_to(app, person)
    assert "\n".join(["Walk", *lines, ""]) in plain(mail.text)
    for line in lines:
        assert line in plain(mail.html)


def test_without_a_chosen_zone_the_readers_clock_is_that_of_their_city(
    app: PortalFlask, act: Act, bob: Account
) -> None:
    person = make_account()
    live_in(person, make_city("Berlin", "Germany", time_zone="Europe/Berlin"))
    event = make_walk(bob, going=(person,))
    act(bob, services.remove, event.id, person.id)
    assert "16:00 for you" in plain(mail_to(app, person).text)


def test_an_online_event_names_its_local_time(app: PortalFlask, act: Act, bob: Account) -> None:
    person = make_account()
    event = make_walk(bob, going=(person,), city_id=None, is_online=True, ends_at=None, place="")
    act(bob, services.cancel, event.id)
    assert "Sat 6 Dec 2031, 18:00, Moscow time\n" in plain(mail_to(app, person).text)


def test_an_email_queued_by_an_earlier_version_is_still_sent(app: PortalFlask, act: Act, bob: Account) -> None:
    person = make_account()
    event = make_walk(bob, going=(person,))
    act(bob, services.cancel, event.id)
    assert "Sat 6 Dec 2031, 18:00\nLibrary" in plain(mail_to(app, person, without="when").text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_message_about_an_event_says_where_its_time_is(app: PortalFlask, kind: MessageKind) -> None:
    with app.app_context():
        for locale, when in (("en", "18:00–22:00 in Kazan"), ("ru", "18:00–22:00, Казань")):
            mail = render_mail(kind, kind.sample, locale)
            assert when in plain(mail.text)
            assert when in plain(mail.html)


@pytest.mark.parametrize(
    "path", ["/home", pytest.param("/map/cities/{city}", marks=pytest.mark.needs_feature("alumni_map")), "/events"]
)
def test_a_row_says_where_its_time_is(page: Page, bob: Account, path: str) -> None:
    viewer = make_account(time_zone="Asia/Tokyo")
    barcelona = make_city("Barcelona", "Spain", time_zone="Europe/Madrid")
    starts = now().replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=7)
    make_event(
        bob,
        city_id=barcelona.id,
        place="City museum",
        time_zone="Europe/Madrid",
        starts_at=starts,
        starts_local=starts.replace(hour=14, tzinfo=None),
    )
    shown = page.sign_in(viewer).get(path.format(city=barcelona.id))
    assert "14:00 in Barcelona · 22:00 for you" in shown.text
