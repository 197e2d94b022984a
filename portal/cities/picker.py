"""Choice of a city in any form: people type a name and choose one of the cities that it may mean."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, StringField
from wtforms.validators import ValidationError

from portal.cities import queries
from portal.cities.models import CITY_NAME_MAX, City
from portal.cities.queries import FoundCity
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import IntegerField, max_length

NOT_CHOSEN = _("Nothing has been saved yet. Choose the city from the list, or check the spelling.")


class CityForm(PortalForm):
    """A form with a city; its page includes ``cities/_picker.html`` and passes ``picker`` to it.

    Call ``picker_of`` for that before the form is validated, and save nothing while the form ``is_searching``.
    ``city_searched`` is the name whose cities the page lists. ``needs_city``: it cannot be sent without a city.
    """

    needs_city = False

    city_id = IntegerField(_("City"))
    city_query = StringField(
        _("Find a city"), [max_length(CITY_NAME_MAX)], render_kw={"autocomplete": "off", "type": "search"}
    )
    city_searched = HiddenField()
    find = BooleanField()

    @property
    def typed_city(self) -> str:
        """The typed name without surrounding blanks; empty if nothing was typed."""
        return (self.city_query.data or "").strip()

    @property
    def is_searching(self) -> bool:
        """Whether the form was submitted with the button that finds a city instead of the one that saves."""
        return self.is_submitted() and bool(self.find.data)

    @property
    def has_unlisted_name(self) -> bool:
        """Whether a name was typed for which the submitted page did not list the cities yet."""
        return bool(self.typed_city) and self.typed_city != (self.city_searched.data or "").strip()

    @property
    def has_chosen(self) -> bool:
        """Whether an item of the list of cities was submitted, which may be "No city"."""
        return bool(self.city_id.raw_data)

    def set_city(self, city_id: int | None) -> None:
        """Select the city with this id as if it had been submitted; with ``None``, select no item at all."""
        self.city_id.data = city_id
        self.city_id.raw_data = [str(city_id)] if city_id else []

    def validate_city_id(self, field: Field) -> None:
        """Raise ``ValidationError`` if a name was typed but no item of the list was selected; called by WTForms."""
        if self.typed_city and not self.has_chosen:
            raise ValidationError(NOT_CHOSEN)


@dataclass(frozen=True, slots=True)
class CityChoices:
    """The cities that a picker offers: those that ``query`` may mean, then those that were selected or saved before.

    ``chosen_id`` is the selected city and ``saved_id`` the stored one. While the picker ``is_open`` nothing is
    selected, not even "No city". ``has_matches``: a city was found for ``query``.
    """

    query: str
    chosen_id: int | None
    is_open: bool
    saved_id: int | None
    cities: list[City | FoundCity]
    has_matches: bool


def picker_of(form: CityForm) -> CityChoices:
    """Return the cities that a submitted or new form offers, and update the form's selection.

    A name just typed selects its city if it means only one, else it clears the selection. While the form
    ``is_searching``, its uploaded files are asked for again.
    """
    picker = city_choices(
        form.typed_city,
        form.city_id.data,
        saved_id=form.city_id.object_data,
        is_new=form.is_searching or form.has_unlisted_name,
        has_chosen=form.has_chosen,
    )
    if form.has_unlisted_name:
        form.set_city(picker.chosen_id)
    if form.is_searching:
        form.ask_for_files_again()
    return picker


def city_choices(
    text: str, chosen_id: int | None, *, saved_id: int | None = None, is_new: bool = True, has_chosen: bool = False
) -> CityChoices:
    """Return the cities that ``text`` may mean, with the city that is selected among them.

    After a new search (``is_new``) a city is selected only if the text names it: neither a similar one nor the saved
    one replaces it. Otherwise the present selection ``chosen_id`` stays. ``has_chosen`` says that an item of the list,
    which may be "No city", was submitted.
    """
    query = text.strip()
    matches = queries.search(query) if query.isprintable() else []
    kept = (saved_id,) if matches and is_new else (chosen_id, saved_id)
    earlier = [city for city_id in dict.fromkeys(kept) if city_id and (city := queries.find(city_id))]
    found = {city.id for city in matches}
    offered: list[City | FoundCity] = [*matches, *(city for city in earlier if city.id not in found)]
    chosen = next((city for city in offered if city.id == chosen_id), None)
    is_picked = chosen is not None and chosen.id != saved_id and queries.is_named(chosen, query)
    if is_new and query and not is_picked:
        chosen = queries.certain_match(query, matches)
    is_open = bool(query) and chosen is None and (is_new or not has_chosen)
    return CityChoices(query, chosen.id if chosen else None, is_open, saved_id, offered, bool(matches))
