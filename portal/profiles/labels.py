"""Labels of profile fields, audiences and previews."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.profiles.models import Audience
from portal.profiles.queries import AudienceSizes
from portal.profiles.viewers import ViewerKind
from portal.profiles.visibility import Person
from portal.web.templating.filters import count

AUDIENCE_LABELS: dict[str, LazyString] = {
    Audience.ME: _("Only me"),
    Audience.SAME_YEAR: _("Alumni of my year"),
    Audience.ALUMNI: _("All alumni"),
    Audience.MEMBERS: _("Alumni and alumni friends"),
    Audience.PUBLIC: _("Everyone, signed in or not"),
}

SHORT_AUDIENCE_LABELS: dict[str, LazyString] = {
    Audience.ME: _("Only me"),
    Audience.SAME_YEAR: _("My year"),
    Audience.ALUMNI: _("Alumni"),
    Audience.MEMBERS: _("Friends too"),
    Audience.PUBLIC: _("Everyone"),
}
"""The labels of the audiences side by side, from the narrowest to the widest, where each includes those before it."""

FIELD_ICONS: dict[str, str] = {
    "city": "geo-alt",
    "telegram": "send",
    "email": "envelope",
    "year": "mortarboard",
    "work": "briefcase",
    "biography": "card-text",
    "links": "link-45deg",
    "events": "calendar-event",
}

FIELD_LABELS: dict[str, LazyString] = {
    "city": _("City"),
    "telegram": _("Telegram"),
    "email": _("Email address"),
    "year": _("Year and programme"),
    "work": _("Work"),
    "biography": _("About you"),
    "links": _("Links"),
    "events": _("Events you are going to"),
}

FIELD_HINTS: dict[str, LazyString] = {
    "city": _("People who see it will find you on the map. Default: only you."),
    "telegram": _("People who see it can write to you. Default: only you."),
    "email": _("Default: only you."),
    "year": _("Default: all alumni."),
    "work": _("Default: all alumni."),
    "biography": _("Default: all alumni."),
    "links": _("Default: all alumni."),
    "events": _(
        "Others see how many people are going, but not your name. Organisers see every participant. "
        "Default: all alumni."
    ),
}
"""The hint of each field in the privacy form: what a choice leads to, and the default."""


def city_audience_notes(sizes: AudienceSizes | None) -> dict[str, str]:
    """Return what each audience of one's city means, keyed by ``Audience``, with the number of people in it.

    Without ``sizes``, for somebody who waits for the office, there are no numbers.
    """
    if sizes is None:
        later = gettext("They see it once you are in")
        return {**{audience.value: later for audience in Audience}, Audience.ME: gettext("Nobody sees you")}
    same_year = ngettext(
        "%(count)s person, class of %(year)s",
        "%(count)s people, class of %(year)s",
        sizes.same_year,
        count=count(sizes.same_year),
        year=str(sizes.class_year),
    )
    return {
        Audience.ME: gettext("You see events near you; nobody sees you"),
        Audience.SAME_YEAR: same_year if sizes.class_year else gettext("Nobody yet: your year is not confirmed"),
        Audience.ALUMNI: _on_their_map(sizes.alumni),
        Audience.MEMBERS: _on_their_map(sizes.members),
        Audience.PUBLIC: gettext("Also anybody with the link to your profile; they see your name as well"),
    }


def _on_their_map(number: int) -> str:
    return ngettext(
        "%(count)s person; you are on their map",
        "%(count)s people; you are on their map",
        number,
        count=count(number),
    )


def city_saved_message(city: str, audience: Audience, sizes: AudienceSizes | None) -> str:
    """Return the sentence after one's city was saved: which city, and who can see it now.

    Without ``sizes``, for somebody who waits for the office, it only says that nobody sees it yet.
    """
    if sizes is None:
        return gettext("%(city)s is saved. Others see it only once you are in.", city=city)
    if audience is Audience.ME:
        return gettext("%(city)s is saved. Only you see it, so nobody finds you on the map.", city=city)
    if audience is Audience.PUBLIC:
        return gettext("%(city)s is saved. Everyone can see it, signed in or not.", city=city)
    numbers = {Audience.SAME_YEAR: sizes.same_year, Audience.ALUMNI: sizes.alumni, Audience.MEMBERS: sizes.members}
    return ngettext(
        "%(city)s is saved. %(audience)s can see it: %(count)s person.",
        "%(city)s is saved. %(audience)s can see it: %(count)s people.",
        numbers[audience],
        city=city,
        audience=AUDIENCE_LABELS[audience],
        count=count(numbers[audience]),
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """The texts of one preview of a person's own profile: a long and a short label, and who sees this."""

    label: LazyString
    short: LazyString
    sentence: LazyString


PREVIEWS: dict[ViewerKind, Preview] = {
    ViewerKind.SAME_YEAR: Preview(_("Alumni of my year"), _("My year"), _("This is what alumni of your year see.")),
    ViewerKind.ALUMNI: Preview(_("Other alumni"), _("Alumni"), _("This is what alumni of other years see.")),
    ViewerKind.FRIEND: Preview(_("Alumni friends"), _("Friends"), _("This is what alumni friends see.")),
    ViewerKind.PUBLIC: Preview(
        _("Visitors"), _("Visitors"), _("This is what anyone with the link to your profile sees.")
    ),
}


def field_values(own: Person, locale: str) -> dict[str, str]:
    """Return what the fields with an audience say on a person's own profile, keyed by field; empty fields are left out.

    The events that the person goes to are not among them.
    """
    values = {
        "city": own.city.full_label(locale) if own.city else None,
        "telegram": f"@{own.telegram_alias}" if own.telegram_alias else None,
        "email": own.email,
        "year": " · ".join(str(value) for value in (own.graduation_year, own.programme) if value),
        "work": own.work,
        "biography": own.biography,
        "links": ", ".join(link.label for link in own.links),
    }
    return {name: value for name, value in values.items() if value}
