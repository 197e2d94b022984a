"""The ways to ask for people, which the leak matrix goes through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from portal.application import PortalFlask

TOLD = {"Profile.graduation_year", "Profile.biography", "Profile.telegram_alias", "Profile.city_id"}
SHOWN = TOLD | {"Account.first_name", "Account.email", "Profile.programme", "Profile.work"}


@dataclass(frozen=True)
class Channel:
    """A way to ask. ``path`` may name a person (``id``, ``city``), and is then asked once for each; ``host`` follows
    all of them and is followed by all.

    ``shows`` are columns that must be there for whoever may see them. ``by`` is the field by which people are in
    this list at all: there it is their id that gives it away. ``closely``: the office sees everything.
    """

    path: str
    shows: frozenset[str] | set[str] = frozenset()
    by: str | None = None
    closely: bool = False
    for_strangers: bool = False

    @property
    def is_json(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_office(self) -> bool:
        return self.path.removeprefix("/api/v1").startswith("/admin")


CHANNELS = (
    Channel("/people/{id}", SHOWN, closely=True, for_strangers=True),
    Channel("/api/v1/profile/{id}", TOLD, closely=True),
    Channel("/api/v1/profile/?{everybody}", TOLD),
    Channel("/api/v1/profile/all?limit=100", TOLD),
    Channel("/api/v1/profile/all?location=Russia,%20{city_name}", TOLD - {"Profile.city_id"}, by="city"),
    Channel("/api/v1/profile/map", {"Profile.city_id"}),
    Channel("/map/data.json", {"Profile.city_id"}),
    Channel("/map/cities/{city}", {"Profile.graduation_year"}, by="city"),
    Channel("/events/{event}", by="events"),
    Channel("/events/{event}/people", {"Profile.graduation_year"}, by="events"),
    Channel("/api/v1/events/", by="events"),
    Channel("/api/v1/events/{event}", by="events"),
    Channel("/api/v1/events/{event}/participants", {"Profile.graduation_year", "Profile.biography"}, by="events"),
    Channel("/api/v1/events/participant/{id}", by="events"),
    Channel("/people", {"Account.first_name", "Profile.graduation_year", "Profile.city_id"}),
    Channel("/people?sort=newest", {"Account.first_name", "Profile.graduation_year"}),
    Channel("/people?city={city}", {"Profile.graduation_year"}, by="city"),
    Channel("/people/{host}/followers", {"Profile.graduation_year", "Profile.city_id"}),
    Channel("/people/{host}/following", {"Profile.graduation_year", "Profile.city_id"}),
    Channel("/api/v1/profile/{host}/followers?limit=100", {"Profile.graduation_year", "Profile.city_id"}),
    Channel("/api/v1/profile/{host}/following?limit=100", {"Profile.graduation_year", "Profile.city_id"}),
    Channel("/home"),
    Channel("/admin/people", {"Account.email"}, closely=True),
    Channel("/admin/people/{id}", {"Account.email"}, closely=True),
    Channel("/api/v1/admin/users", {"Account.email"}, closely=True),
)
SAYS_NO_ID = {"/events/{event}"}
"""Shows pictures and initials of those who go, and no ids."""

IDS = {"<uuid:account_id>": "{id}", "<uuid:event_id>": "{event}", "<int:city_id>": "{city}"}


def other_channels(app: PortalFlask) -> list[Channel]:
    """Every other answer to GET, whatever it is about: what is added later is searched from its first day."""
    listed = {channel.path.partition("?")[0] for channel in CHANNELS}
    known = {path.replace("{host}", "{id}") for path in listed}
    found = []
    for rule in app.url_map.iter_rules():
        path = reduce(lambda text, each: text.replace(*each), IDS.items(), rule.rule)
        if "GET" in (rule.methods or ()) and "<" not in path and path not in known:
            found.append(Channel(path, closely=path.removeprefix("/api/v1").startswith("/admin")))
    return found
