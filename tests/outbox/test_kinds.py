"""The declarations of message kinds that a feature cannot make."""

from __future__ import annotations

import pytest
from flask_babel import lazy_gettext as _

from portal.outbox.kinds import MessageKind


@pytest.mark.parametrize(
    "name", ["", "verified", "accounts.", ".verified", "accounts verified", "accounts.is-verified"]
)
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not <feature>"):
        MessageKind(name, _("Events"))


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(ValueError, match="pigeon"):
        MessageKind("accounts.verified", _("Events"), channels=("mail", "pigeon"))
