"""The endpoints that show people, which the leak matrix requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from portal.application import PortalFlask

BASIC_COLUMNS = {"Profile.graduation_year", "Profile.biography", "Profile.telegram_alias", "Profile.city_id"}
SHOWN_COLUMNS = BASIC_COLUMNS | {
    "Account.first_name",
    "Account.email",
    "Profile.programme",
    "Profile.work",
    "Profile.links",
}


@dataclass(frozen=True)
class PeopleEndpoint:
    """An endpoint that shows people.

    ``path`` may name a person (``id``, ``city``), and is then requested once for each; ``host`` follows all of them and
    is followed by all.

    ``shows`` are columns that must be in the response for viewers who may see them. ``by`` is the field by which people
    are in the list at all, so that their id reveals it. ``as_staff_viewer``: the office sees everything.
    """

    path: str
    shows: frozenset[str] | set[str] = frozenset()
    by: str | None = None
    as_staff_viewer: bool = False
    for_visitors: bool = False

    @property
    def is_json(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_of_office(self) -> bool:
        return self.path.removeprefix("/api/v1").startswith("/admin")


PEOPLE_ENDPOINTS = (
    PeopleEndpoint("/people/{id}", SHOWN_COLUMNS, as_staff_viewer=True, for_visitors=True),
    PeopleEndpoint("/api/v1/profile/{id}", BASIC_COLUMNS, as_staff_viewer=True),
    PeopleEndpoint("/api/v1/profile/?{everybody}", BASIC_COLUMNS),
    PeopleEndpoint("/api/v1/profile/all?limit=100", BASIC_COLUMNS),
    PeopleEndpoint(
        "/api/v1/profile/all?location=Russia,%20{city_name}", BASIC_COLUMNS - {"Profile.city_id"}, by="city"
    ),
    PeopleEndpoint("/api/v1/profile/map", {"Profile.city_id"}),
    PeopleEndpoint("/map/data.json", {"Profile.city_id"}),
    PeopleEndpoint("/map/cities/{city}", {"Profile.graduation_year"}, by="city"),
    PeopleEndpoint("/events/{event}", by="events"),
    PeopleEndpoint("/events/{event}/people", {"Profile.graduation_year"}, by="events"),
    PeopleEndpoint("/api/v1/events/", by="events"),
    PeopleEndpoint("/api/v1/events/{event}", by="events"),
    PeopleEndpoint(
        "/api/v1/events/{event}/participants", {"Profile.graduation_year", "Profile.biography"}, by="events"
    ),
    PeopleEndpoint("/api/v1/events/participant/{id}", by="events"),
    PeopleEndpoint("/people", {"Account.first_name", "Profile.graduation_year", "Profile.city_id"}),
    PeopleEndpoint("/people?sort=newest", {"Account.first_name", "Profile.graduation_year"}),
    PeopleEndpoint("/people?city={city}", {"Profile.graduation_year"}, by="city"),
    PeopleEndpoint("/people/{host}/followers", {"Profile.graduation_year", "Profile.city_id"}),
    PeopleEndpoint("/people/{host}/following", {"Profile.graduation_year", "Profile.city_id"}),
    PeopleEndpoint("/api/v1/profile/{host}/followers?limit=100", {"Profile.graduation_year", "Profile.city_id"}),
    PeopleEndpoint("/api/v1/profile/{host}/following?limit=100", {"Profile.graduation_year", "Profile.city_id"}),
    PeopleEndpoint("/home"),
    PeopleEndpoint("/admin/people", {"Account.email"}, as_staff_viewer=True),
    PeopleEndpoint("/admin/people/{id}", {"Account.email"}, as_staff_viewer=True),
    PeopleEndpoint("/api/v1/admin/users", {"Account.email"}, as_staff_viewer=True),
)
WITHOUT_IDS = {"/events/{event}"}
"""Paths that show photos and initials of participants, but no ids."""

IDS = {"<uuid:account_id>": "{id}", "<uuid:event_id>": "{event}", "<int:city_id>": "{city}"}


def other_endpoints(app: PortalFlask) -> list[PeopleEndpoint]:
    """Return every other GET endpoint, so that those added later are searched from their first day."""
    listed = {endpoint.path.partition("?")[0] for endpoint in PEOPLE_ENDPOINTS}
    known = {path.replace("{host}", "{id}") for path in listed}
    found = []
    for rule in app.url_map.iter_rules():
        path = reduce(lambda text, each: text.replace(*each), IDS.items(), rule.rule)
        if "GET" in (rule.methods or ()) and "<" not in path and path not in known:
            found.append(PeopleEndpoint(path, as_staff_viewer=path.removeprefix("/api/v1").startswith("/admin")))
    return found
