"""Access to pictures, by the rules that features declare in their manifests for each purpose of a picture."""

from __future__ import annotations

from portal.core.actor import Actor
from portal.core.manifest import registry
from portal.files.models import Picture


def may_see(actor: Actor, picture: Picture) -> bool:
    """Return whether the actor may see the picture.

    The owner always may. For anybody else the rule that a manifest declares for the picture's purpose decides: a
    function of the actor and the id of the picture. Without a rule nobody else may.
    """
    if actor.account_id is not None and picture.owner_id == actor.account_id:
        return True
    rule = registry().picture_rules.get(picture.purpose)
    return rule is not None and bool(rule(actor, picture.id))
