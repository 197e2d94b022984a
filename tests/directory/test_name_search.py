"""People are found by their names in any script, order and spelling, and with a typing error."""

from __future__ import annotations

from random import Random

import pytest

from portal.accounts.models import Account, Role
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.demo import names
from portal.directory import legacy_serializers
from tests.directory import labelled_searches
from tests.factories import save

pytestmark = pytest.mark.slow

CROWD = 1500
AT_LEAST = 0.95


@pytest.fixture
def crowd(app: PortalFlask) -> None:
    """Create the people whom the labelled searches mean, among many others with similar names."""
    rng = Random(7)
    others = [names.random_name(rng, rng.choice(["RU"] * 6 + ["DE", "PL", "US", "RS"])) for _person in range(CROWD)]
    everybody = {one.name for one in labelled_searches.read() if one.name[0]} | {
        (name.first, name.last) for name in others
    }
    save(
        *(
            Account(email=f"{place}@demo.example", first_name=first, last_name=last, verified_at=now())
            for place, (first, last) in enumerate(sorted(everybody))
        )
    )


def search(text: str) -> list[tuple[str, str]]:
    actor = Actor(Channel.API, account_id=new_id(), role=Role.ALUMNI)
    page = legacy_serializers.page(actor, city_id=None, search=text)
    return [(person.first_name, person.last_name) for person in page.items]


def test_expected_person_is_among_the_first_five(app: PortalFlask, crowd: None) -> None:
    queries = labelled_searches.read()
    with app.app_context():
        unsuccessful = labelled_searches.unsuccessful(queries, search)
    assert len(queries) >= 150
    assert len(unsuccessful) <= (1 - AT_LEAST) * len(queries), unsuccessful
