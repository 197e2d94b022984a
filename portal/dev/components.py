"""The page of components: each in its states, with names long and short, for developers of pages."""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields.choices import SelectChoice

from portal.accounts.models import Role
from portal.core.access import ANYONE, access
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events.models import Attendance
from portal.events.records import EventCard
from portal.profiles.forms.avatar import AvatarForm
from portal.profiles.visibility import HUES, CityLabel, PersonCard
from portal.web.forms.base import PortalForm
from portal.web.http.responses import render

KAZAN = CityLabel(551487, "Kazan", "Казань", "Russia", "RU")
BERLIN = CityLabel(2950159, "Berlin", "Берлин", "Germany", "DE")
LONGEST_NAME = "Maximilianalexanderferdinandkonstantinwilhelmleopoldfriedrich"

blueprint = Blueprint("dev_components", __name__)


class SampleForm(PortalForm):
    """A form with one field of each kind, for the page of components."""

    name = StringField("Name", [validators.InputRequired()])
    email = EmailField("Email address", [validators.InputRequired()])
    about = TextAreaField("About you")
    country = SelectField("Country", choices=[SelectChoice("de", "Germany"), SelectChoice("ru", "Russia")])
    starts = DateTimeLocalField("Starts", format="%Y-%m-%dT%H:%M")
    shown = BooleanField("Show my city to other alumni")
    audience = RadioField("Who sees it", choices=[SelectChoice("members", "Members"), SelectChoice("me", "Only me")])
    picture = FileField("Picture")


@blueprint.get("/components")
@access(ANYONE)
def show() -> Response:
    """Show the page of components with sample forms, people and events."""
    return render(
        "dev/components.html",
        form=SampleForm(),
        photo=AvatarForm(),
        refused=refused_form(),
        people=people(),
        events=events(),
    )


def refused_form() -> SampleForm:
    """Return a sample form with input and with error messages of a field and of the form."""
    form = SampleForm(formdata=None, data={"name": "Alina", "email": "alina"}, prefix="refused")
    form.add_error("email", "This is not an email address. Check for a missing @.")
    form.add_error(None, "Registration closes at midnight.")
    return form


def person(number: int, first: str, last: str, **overrides: Any) -> PersonCard:
    """Return a sample person card; ``number`` sets id, city and graduation year, ``overrides`` replace fields."""
    values: dict[str, Any] = {"role": Role.ALUMNI, "graduation_year": 2014 + number, "work": None, "avatar_id": None}
    values |= {"city": (KAZAN, BERLIN, None)[number % 3], **overrides}
    return PersonCard(id=uuid.UUID(int=number), first_name=first, last_name=last, **values)


def people() -> list[PersonCard]:
    """Return sample person cards: names of several scripts and lengths, an alumni friend, and one for each hue."""
    names = (
        ("Timur", "Demo"),
        ("Żaneta", "Wójcik"),
        ("Иван", "Петров"),
        (LONGEST_NAME, "Ó"),
        ("ليلى", "حداد"),
        ("Oleg", "Petroff"),
    )
    alumni = [person(number, first, last) for number, (first, last) in enumerate(names)]
    friend = person(5, "Ksenia", "Petrenko", role=Role.ALUMNI_FRIEND, graduation_year=None)
    return [*alumni, friend, *(person(number, "Hue", str(number)) for number in range(7, HUES))]


def event(number: int, title: str, **overrides: Any) -> EventCard:
    """Return a sample event card; ``number`` sets id, date and hue, ``overrides`` replace fields."""
    zone = ZoneInfo("Europe/Moscow")
    starts = (
        (now() + timedelta(days=3 * number + 4)).astimezone(zone).replace(hour=18, minute=0, second=0, microsecond=0)
    )
    values: dict[str, Any] = {
        "id": uuid.UUID(int=number << 100 | number * 7919),
        "title": title,
        "url": "#",
        "starts_local": starts.replace(tzinfo=None),
        "ends_local": None,
        "time_zone": zone.key,
        "starts_at": starts.astimezone(UTC),
        "ends_at": None,
        "city": KAZAN,
        "place": "Lobachevsky Library",
        "is_online": False,
        "cost": 50_000,
        "currency": "RUB",
        "capacity": 50,
        "going": 42,
        "cover_url": None,
        "approval": Approval.APPROVED,
        "cancelled": False,
        "over": False,
        "running": False,
        "own_attendance": None,
        "hue": (number * 5 + 9) % HUES,
    }
    return EventCard(**{**values, **overrides})


def events() -> list[EventCard]:
    """Return sample event cards, one for each state that a card can show."""
    online = {"is_online": True, "city": None, "place": "", "cost": 0, "capacity": None}
    return [
        event(0, "Winter gathering in Kazan", own_attendance=Attendance.GOING),
        event(1, "Talk: two years of Rust in production", **online, going=21),
        event(2, "Board games and dumplings", cost=1250, currency="EUR", city=BERLIN, place="Prenzlauer Berg"),
        event(3, "Running club", going=50, cost=0, running=True),
        event(4, "Reunion of 2015", approval=Approval.PENDING, going=0, capacity=None),
        event(5, "Ice skating", cancelled=True, going=1, capacity=None),
        event(6, LONGEST_NAME, own_attendance=Attendance.WAITING, going=50),
        event(7, "Chess in the park", going=0, capacity=None),
        event(8, "Language café", city=BERLIN, place="Neukölln"),
        event(9, "Spring walk", own_attendance=Attendance.GOING),
        event(10, LONGEST_NAME, own_attendance=Attendance.WAITING, going=50),
    ]
