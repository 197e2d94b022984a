"""Lists of followers and followed, and the control on a person's page."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from portal.core.access import MEMBER, access, current_actor
from portal.follows import queries, services
from portal.follows.queries import FollowList
from portal.profiles import queries as profiles
from portal.web.http.responses import go_to, render, wants_fragment
from portal.web.undo import offer_undo, page_before_undo

blueprint = Blueprint("follows", __name__)


@blueprint.get("/people/<uuid:account_id>/followers")
@access(MEMBER)
def followers(account_id: uuid.UUID) -> Response:
    """Show the people who follow the person, latest follow first."""
    return list_page(account_id, FollowList.FOLLOWERS)


@blueprint.get("/people/<uuid:account_id>/following")
@access(MEMBER)
def following(account_id: uuid.UUID) -> Response:
    """Show the people whom the person follows, latest follow first."""
    return list_page(account_id, FollowList.FOLLOWING)


@blueprint.post("/people/<uuid:account_id>/follow")
@access(MEMBER)
def follow(account_id: uuid.UUID) -> Response:
    """Follow the person, and show the changed control or redirect to the person's page."""
    services.follow(current_actor(), account_id)
    if not is_in_row():
        flash(_("You now follow this person."))
    return control(account_id)


@blueprint.post("/people/<uuid:account_id>/unfollow")
@access(MEMBER)
def unfollow(account_id: uuid.UUID) -> Response:
    """Stop following the person, and show the changed control or redirect to the person's page."""
    services.unfollow(current_actor(), account_id)
    undo = url_for("follows.follow", account_id=account_id, look="row" if is_in_row() else None)
    target = f"#follow-{account_id}" if is_in_row() else "#follows"
    offer_undo(_("You no longer follow this person."), undo, target=target)
    return control(account_id)


def control_template() -> str:
    """Return the name of the template with the control to follow a person, which the person's page includes."""
    return "follows/_control.html"


def list_page(account_id: uuid.UUID, follow_list: FollowList) -> Response:
    """Return the page with a person's followers or the people whom they follow, or its fragment for htmx.

    The list reaches one page beyond the cursor in the query argument ``until``. Raise ``NotFound`` for a person whom
    the caller may not see, and ``Invalid`` for a cursor that is not of this list.
    """
    actor = current_actor()
    person = profiles.find(actor, account_id)
    related = queries.page_until(actor, account_id, follow_list, until=request.args.get("until"))
    more = (
        url_for(f"follows.{follow_list}", account_id=account_id, until=related.next_cursor)
        if related.has_more
        else None
    )
    return render(
        "follows/index.html",
        fragment="follows/_people.html",
        person=person,
        follow_list=follow_list,
        related=related,
        more=more,
    )


def is_in_row() -> bool:
    """Return whether the control stands in a row of a list, not on the person's own page."""
    return request.args.get("look") == "row"


def control(account_id: uuid.UUID) -> Response:
    """Return the control to follow a person after a change, as the fragment that htmx asks for.

    Browsers without scripts, and the undo bar, are redirected to the page of the bar or of the person.
    """
    if not wants_fragment():
        return go_to(page_before_undo(url_for("profiles.show", account_id=account_id)))
    return render(
        "profiles/show.html",
        fragment="follows/_row_control.html" if is_in_row() else "follows/_control.html",
        person=profiles.find(current_actor(), account_id),
    )
