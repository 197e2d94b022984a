"""Creating, editing, cancelling and deleting events."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.events import services
from portal.events.models import Event
from portal.events.services import CoverChange, EventInput
from portal.settings.models import StoredSetting
from tests.events.conftest import Act
from tests.events.samples import picture
from tests.events.state import attendance, audited, notices_of
from tests.factories import live_in, make_city, make_event, row, save, update

at = datetime.fromisoformat
"""A wall clock time."""


def event_input(city: City | None = None, **values: Any) -> EventInput:
    return EventInput(
        **{
            "title": "Meetup",
            "description": "We talk.",
            "is_online": city is None,
            "city_id": city.id if city else None,
            "place": "Library",
            "starts": at("2031-12-06T18:00"),
            **values,
        }
    )


def replacing(**values: Any) -> Callable[[EventInput], EventInput]:
    return lambda before: dataclasses.replace(before, **values)


@pytest.fixture
def no_review(app: PortalFlask) -> None:
    save(StoredSetting(key="events.auto_approve", value=True))


def test_a_new_event_is_pending_and_the_office_is_notified(
    app: PortalFlask, act: Act, alina: Account, mona: Account, kazan: City
) -> None:
    event = act(alina, services.create, event_input(kazan))
    assert row(event)["approval"] == Approval.PENDING
    assert attendance(app, event) == {alina.id: "going"}
    assert notices_of(app, mona) == ["events.to_review"]
    assert audited(app) == ["events.create"]


@pytest.mark.usefixtures("no_review")
def test_without_review_a_new_event_is_approved(
    app: PortalFlask, act: Act, alina: Account, mona: Account, kazan: City
) -> None:
    event = act(alina, services.create, event_input(kazan))
    assert row(event)["approval"] == Approval.APPROVED
    assert notices_of(app, mona) == []


def test_a_form_sent_twice_creates_one_event(app: PortalFlask, act: Act, alina: Account, kazan: City) -> None:
    event_id = uuid.uuid4()
    first = act(alina, services.create, event_input(kazan), event_id=event_id)
    again = act(alina, services.create, event_input(kazan), event_id=event_id)
    assert (first.id, again.id) == (event_id, event_id)
    assert audited(app) == ["events.create"]


def test_other_input_under_a_used_id_creates_another_event(
    app: PortalFlask, act: Act, alina: Account, kazan: City
) -> None:
    event_id = uuid.uuid4()
    act(alina, services.create, event_input(kazan), event_id=event_id)
    another = act(alina, services.create, event_input(kazan, title="Other"), event_id=event_id)
    assert (another.id != event_id, another.title) == (True, "Other")
    assert audited(app) == ["events.create", "events.create"]


def test_a_title_and_a_place_are_one_line(act: Act, alina: Account, kazan: City) -> None:
    event = act(alina, services.create, event_input(kazan, title=" Meet\r\nBcc: up\t ", place="Room\n 1"))
    assert (event.title, event.place) == ("Meet Bcc: up", "Room 1")


def test_the_id_of_another_persons_event_is_refused(act: Act, alina: Account, bob: Account, kazan: City) -> None:
    event_id = uuid.uuid4()
    act(alina, services.create, event_input(kazan), event_id=event_id)
    with pytest.raises(Conflict):
        act(bob, services.create, event_input(kazan), event_id=event_id)


def test_an_event_uses_the_time_zone_of_its_city(act: Act, alina: Account) -> None:
    tokyo = make_city("Tokyo", "Japan", time_zone="Asia/Tokyo")
    event = act(alina, services.create, event_input(tokyo, time_zone="Europe/Berlin"))
    assert row(event)["starts_at"].isoformat() == "2031-12-06T09:00:00+00:00"


def test_an_online_event_uses_the_chosen_time_zone(act: Act, alina: Account) -> None:
    event = act(alina, services.create, event_input(time_zone="Asia/Tokyo"))
    assert row(event)["time_zone"] == "Asia/Tokyo"


def test_an_online_event_without_a_zone_uses_that_of_the_organisers_city(act: Act, alina: Account) -> None:
    live_in(alina, make_city("Berlin", "Germany", time_zone="Europe/Berlin"))
    assert row(act(alina, services.create, event_input()))["time_zone"] == "Europe/Berlin"


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"title": "  "}, "title", "blank"),
    ({"title": "x" * 121}, "title", "too_long"),
    ({"description": ""}, "description", "blank"),
    ({"place": "x" * 201}, "place", "too_long"),
    ({"is_online": False}, "city_id", "city_required"),
    ({"city_id": 1}, "city_id", "unknown_city"),
    ({"time_zone": "Mars/Olympus"}, "time_zone", "unknown_time_zone"),
    ({"cost": -1}, "cost", "bad_cost"),
    ({"cost": 10**18}, "cost", "bad_cost"),
    ({"currency": "BTC"}, "currency", "unknown_currency"),
    ({"capacity": 0}, "capacity", "bad_capacity"),
    ({"starts": at("2020-01-01T00:00")}, "starts", "in_the_past"),
    ({"starts": at("0001-01-01T00:00")}, "starts", "date_out_of_range"),
    ({"starts": at("9999-12-31T23:00")}, "starts", "date_out_of_range"),
    ({"ends": at("2031-12-06T17:00")}, "ends", "ends_before_start"),
    ({"ends": at("2032-12-06T17:00")}, "ends", "too_long"),
    ({"starts": at("2031-03-30T02:30"), "time_zone": "Europe/Berlin"}, "starts", "time_does_not_exist"),
    ({"cover": b"no picture"}, "cover", "not_an_image"),
]


@pytest.mark.parametrize(("values", "field", "code"), BAD)
def test_bad_input_is_refused_at_its_field(
    app: PortalFlask, act: Act, alina: Account, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        act(alina, services.create, event_input(**{"time_zone": "UTC", **values}))
    assert (raised.value.field, raised.value.code) == (field, code)
    assert audited(app) == []


def test_an_ambiguous_local_time_means_the_first_instant(act: Act, alina: Account) -> None:
    event = act(alina, services.create, event_input(starts=at("2031-10-26T02:30"), time_zone="Europe/Berlin"))
    assert row(event)["starts_at"].isoformat() == "2031-10-26T00:30:00+00:00"


def test_unchanged_input_writes_nothing(app: PortalFlask, act: Act, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id)
    before = row(event)
    act(alina, services.edit, event.id, lambda before: before)
    assert row(event) == before
    assert audited(app) == []


def test_changed_text_of_an_approved_event_needs_review_again(
    app: PortalFlask, act: Act, alina: Account, mona: Account, kazan: City
) -> None:
    event = make_event(alina, city_id=kazan.id)
    act(alina, services.edit, event.id, replacing(description="Something else."))
    assert row(event)["approval"] == Approval.PENDING
    assert notices_of(app, mona) == ["events.to_review"]


def test_a_larger_capacity_needs_no_review(act: Act, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, capacity=5)
    act(alina, services.edit, event.id, replacing(capacity=6))
    assert row(event)["approval"] == Approval.APPROVED


def test_a_change_by_the_office_needs_no_review(decide: Act, alina: Account, mona: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id)
    decide(mona, services.edit, event.id, replacing(title="Better"))
    assert (row(event)["approval"], row(event)["title"]) == (Approval.APPROVED, "Better")


@pytest.mark.usefixtures("no_review")
def test_without_review_changed_text_stays_approved(act: Act, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id)
    act(alina, services.edit, event.id, replacing(title="Better"))
    assert row(event)["approval"] == Approval.APPROVED


@pytest.mark.usefixtures("no_review")
def test_a_changed_declined_event_needs_review_even_when_review_is_off(act: Act, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, approval=Approval.DECLINED)
    act(alina, services.edit, event.id, replacing(title="Better"))
    assert row(event)["approval"] == Approval.PENDING


def test_participants_are_notified_of_a_new_time(
    app: PortalFlask, act: Act, alina: Account, bob: Account, kazan: City
) -> None:
    event = make_event(alina, city_id=kazan.id, going=(bob,))
    act(alina, services.edit, event.id, replacing(starts=at("2031-12-07T18:00")))
    assert notices_of(app, bob) == ["events.changed"]
    assert notices_of(app, alina) == []


def test_a_larger_capacity_promotes_the_waiting_list(
    app: PortalFlask, act: Act, alina: Account, bob: Account, kazan: City
) -> None:
    event = make_event(alina, city_id=kazan.id, capacity=1)
    act(bob, services.join, event.id)
    act(alina, services.edit, event.id, replacing(capacity=None))
    assert attendance(app, event)[bob.id] == "going"


def test_capacity_cannot_be_less_than_participants(act: Act, alina: Account, bob: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, going=(bob,))
    with pytest.raises(Invalid) as raised:
        act(alina, services.edit, event.id, replacing(capacity=1))
    assert raised.value.code == "too_few_places"


def test_a_start_cannot_be_changed_to_the_past(act: Act, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id)
    update(event, starts_at=now() - timedelta(days=1), starts_local=at("2020-01-01T00:00"))
    with pytest.raises(Invalid):
        act(alina, services.edit, event.id, replacing(starts=at("2020-01-02T00:00")))


def test_the_title_of_a_past_event_can_be_changed(act: Act, alina: Account, kazan: City) -> None:
    past = at("2020-01-01T18:00")
    event = make_event(alina, city_id=kazan.id, starts_local=past)
    update(event, starts_at=past.replace(hour=15).astimezone(now().tzinfo))
    act(alina, services.edit, event.id, replacing(title="As it was"))
    assert row(event)["title"] == "As it was"


def test_a_cover_is_kept_replaced_and_removed(act: Act, alina: Account, kazan: City) -> None:
    event = act(alina, services.create, event_input(kazan, cover=picture()))
    first = row(event)["cover_id"]
    act(alina, services.edit, event.id, replacing(cover=picture(), title="Same picture"))
    assert row(event)["cover_id"] == first
    act(alina, services.edit, event.id, replacing(cover=picture("green")))
    assert row(event)["cover_id"] not in {first, None}
    act(alina, services.edit, event.id, replacing(cover=CoverChange.CLEAR))
    assert row(event)["cover_id"] is None


def test_only_the_organiser_and_the_office_change_an_event(act: Act, alina: Account, bob: Account) -> None:
    event = make_event(alina)
    for use_case in (services.cancel, services.delete):
        with pytest.raises(Forbidden):
            act(bob, use_case, event.id)
    with pytest.raises(Forbidden):
        act(bob, services.edit, event.id, replacing(title="Mine"))


def test_a_cancelled_event_stays_and_participants_are_notified(
    app: PortalFlask, act: Act, alina: Account, bob: Account
) -> None:
    event = make_event(alina, going=(bob,))
    act(alina, services.cancel, event.id)
    assert row(event)["cancelled_at"] is not None
    assert notices_of(app, bob) == ["events.cancelled"]
    for again in (services.cancel, changing_title):
        with pytest.raises(Conflict):
            act(alina, again, event.id)


def changing_title(actor: Any, event_id: uuid.UUID) -> Event:
    return services.edit(actor, event_id, replacing(title="Other"))


def test_a_past_event_cannot_be_cancelled(act: Act, alina: Account) -> None:
    event = make_event(alina, starts_at=now() - timedelta(days=1))
    with pytest.raises(Conflict):
        act(alina, services.cancel, event.id)


def test_deleting_an_event_notifies_its_participants(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    event = make_event(alina, going=(bob,))
    act(alina, services.delete, event.id)
    assert attendance(app, event) == {}
    assert notices_of(app, bob) == ["events.cancelled"]
    with pytest.raises(NotFound):
        act(alina, services.delete, event.id)


def test_deleting_a_pending_event_notifies_nobody(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING, going=(bob,))
    act(alina, services.delete, event.id)
    assert notices_of(app, bob) == []


def test_the_organiser_is_notified_when_the_office_cancels(
    app: PortalFlask, decide: Act, alina: Account, mona: Account
) -> None:
    event = make_event(alina)
    decide(mona, services.cancel, event.id)
    assert notices_of(app, alina) == ["events.cancelled"]
