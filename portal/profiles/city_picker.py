"""Choosing a city in any form: its name is typed, and one of the cities that it can mean is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Optional

from portal.profiles import cities
from portal.profiles.models import CITY_NAME_MAX, City
from portal.web.fields import Whole, at_most
from portal.web.forms import PortalForm


class CityForm(PortalForm):
    """A form with a city in it; its page includes ``profiles/_city_picker.html`` and needs ``picker``.

    ``city_searched`` is the name that the list of cities on the page answers.
    """

    city_id = Whole(_("City"), [Optional()])
    city_query = StringField(
        _("Find a city"), [at_most(CITY_NAME_MAX)], render_kw={"autocomplete": "off", "type": "search"}
    )
    city_searched = HiddenField()
    find = BooleanField()

    @property
    def is_searching(self) -> bool:
        """The button was pressed, or a name typed that no list of cities has answered yet: answer, and save nothing."""
        typed = (self.city_query.data or "").strip()
        is_new = bool(typed) and typed != (self.city_searched.data or "").strip()
        return self.is_submitted() and (bool(self.find.data) or is_new)


@dataclass(frozen=True, slots=True)
class CityChoices:
    """What a picker offers: the cities meant by ``query``, and after them what was chosen or saved before."""

    query: str
    chosen_id: int | None
    saved_id: int | None
    cities: list[City]
    found_any: bool


def picker_of(form: CityForm) -> CityChoices:
    """The cities that the form offers now."""
    return city_choices(
        form.city_query.data or "",
        form.city_id.data,
        saved_id=form.city_id.object_data,
        is_new=form.is_searching,
    )


def city_choices(text: str, chosen_id: int | None, *, saved_id: int | None = None, is_new: bool = True) -> CityChoices:
    """The cities that ``text`` can mean.

    After a new search the likeliest is chosen, unless the present choice is among them; else the choice stays.
    """
    query = text.strip()
    found = cities.search(query) if query.isprintable() else []
    kept = (saved_id,) if found and is_new else (chosen_id, saved_id)
    earlier = [city for city_id in dict.fromkeys(kept) if city_id and (city := cities.find(city_id))]
    offered = [*found, *(city for city in earlier if city not in found)]
    if is_new and found and chosen_id not in {city.id for city in found}:
        chosen_id = found[0].id
    if chosen_id not in {city.id for city in offered}:
        chosen_id = None
    return CityChoices(query, chosen_id, saved_id, offered, bool(found))
